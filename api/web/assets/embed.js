// The page in a portal's frame tells its height to the page around it. Who that is comes from its first message: the
// policy of this page lets nobody but the key's origins be there. Without JavaScript the frame keeps the height it was given.
(function () {
  "use strict";
  var around = window.parent;
  var origin = "";
  if (around !== window && window.ResizeObserver) {
    window.addEventListener("message", function (event) {
      if (event.source !== around || event.origin === "null" || !event.data || event.data.duijie !== "hello") return;
      origin = event.origin;
      tell(true);
    });
    new ResizeObserver(function () { tell(false); }).observe(document.body);
  }

  function tell(fresh) {
    if (origin) around.postMessage({ duijie: "height", height: Math.ceil(document.body.getBoundingClientRect().height), fresh: fresh }, origin);
  }

  // A form that was sent is not sent twice.
  document.addEventListener("submit", function (event) {
    if (event.target.method !== "post") return;
    event.target.querySelectorAll("button").forEach(function (button) { button.disabled = true; });
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("button").forEach(function (button) { button.disabled = false; });
  });
})();

// Tools of a list that need JavaScript: copy its address, or a piece of code, print it with all reasons open, save a search in this browser,
// tick no more rows than can be compared. Their buttons are hidden until this runs.
(function () {
  "use strict";
  var most = 20, compared = 3; // saved searches; rows side by side
  ready();
  document.addEventListener("swapped", ready);

  document.addEventListener("click", function (event) {
    var button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.copy !== undefined) {
      copy(button.dataset.of ? document.getElementById(button.dataset.of).textContent : location.href.split("#")[0]).then(function () { button.textContent = button.dataset.copy; });
    } else if (button.dataset.print !== undefined) {
      window.print();
    } else if (button.dataset.save !== undefined) {
      var mine = here();
      store([{ name: button.dataset.save, url: mine }].concat(saved().filter(function (one) { return one.url !== mine; })).slice(0, most));
      button.textContent = button.dataset.said;
    } else if (button.dataset.drop !== undefined) {
      store(saved().filter(function (one) { return one.url !== button.dataset.drop; }));
    }
  });

  document.addEventListener("change", function (event) {
    if (event.target.getAttribute("form") !== "compare") return;
    var boxes = Array.from(document.querySelectorAll("[form=compare]"));
    var full = boxes.filter(function (box) { return box.checked; }).length >= compared;
    boxes.forEach(function (box) { box.disabled = full && !box.checked; });
  });

  var opened = [];
  window.addEventListener("beforeprint", function () {
    opened = Array.from(document.querySelectorAll("main details:not([open])"));
    opened.forEach(function (part) { part.open = true; });
  });
  window.addEventListener("afterprint", function () {
    opened.forEach(function (part) { part.open = false; });
  });

  function ready() {
    document.querySelectorAll("[data-copy],[data-print]").forEach(function (button) { button.hidden = false; });
    show();
  }

  // copy puts a text into the clipboard, by the old way where the page is not served over https.
  function copy(text) {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    var box = document.createElement("textarea");
    box.value = text;
    box.className = "hide";
    document.body.append(box);
    var before = document.activeElement;
    box.select();
    document.execCommand("copy");
    box.remove();
    before.focus();
    return Promise.resolve();
  }

  function here() {
    var q = new URLSearchParams(location.search);
    q.delete("after");
    return location.pathname + "?" + q;
  }

  // saved returns the searches that this browser keeps, none where it keeps nothing.
  function saved() {
    try {
      var list = JSON.parse(localStorage.getItem("searches"));
      return Array.isArray(list) ? list.filter(function (one) { return one && one.url && one.url[0] === "/" && one.url[1] !== "/"; }) : [];
    } catch (e) {
      return [];
    }
  }

  function store(list) {
    try { localStorage.setItem("searches", JSON.stringify(list)); } catch (e) { return; }
    show();
  }

  function show() {
    var place = document.querySelector("[data-saved]");
    if (!place) return;
    document.querySelectorAll("[data-save]").forEach(function (button) { button.hidden = false; });
    var list = place.querySelector("ul");
    list.textContent = "";
    saved().forEach(function (one) {
      var item = document.createElement("li"), link = document.createElement("a"), drop = document.createElement("button");
      link.href = one.url;
      link.textContent = one.name;
      drop.type = "button";
      drop.dataset.drop = one.url;
      drop.textContent = "×";
      drop.setAttribute("aria-label", place.dataset.saved + " " + one.name);
      item.append(link, drop);
      list.append(item);
    });
    place.hidden = !list.children.length;
  }
})();

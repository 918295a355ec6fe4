// What pages do better with JavaScript; each of them works without. A search's filters, order and kinds change the
// results in place, an example fills the box, a long facet can be looked through, an import tells how far it is, one box ticks
// a whole list.
(function () {
  "use strict";
  document.documentElement.classList.add("js");
  showFilters(document);

  document.addEventListener("click", function (event) {
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    var link = event.target.closest("a");
    if (!link) return;
    if (link.dataset.example !== undefined) {
      event.preventDefault();
      var box = document.getElementById("text");
      box.value = link.dataset.example;
      box.focus();
      box.setSelectionRange(0, 0);
      box.scrollTop = 0;
    } else if (link.dataset.swap !== undefined) {
      event.preventDefault();
      swap(link.href, link.dataset.swap);
    }
  });

  document.addEventListener("change", function (event) {
    if (event.target.dataset.auto === undefined) return;
    var form = event.target.form;
    swap(form.action + "?" + new URLSearchParams(new FormData(form)), "sort");
  });

  document.addEventListener("input", function (event) {
    if (event.target.dataset.filter === undefined) return;
    var word = event.target.value.trim().toLowerCase();
    var facet = event.target.closest(".facet");
    var rest = facet.querySelector("details");
    if (rest && word) rest.open = true;
    facet.querySelectorAll("li").forEach(function (item) {
      item.hidden = word !== "" && item.textContent.toLowerCase().indexOf(word) < 0;
    });
  });

  window.addEventListener("popstate", function () {
    if (document.getElementById("swap")) swap(location.href);
  });

  // swap shows the results of another address without loading the page. The newest wish wins; where the network
  // fails, the browser goes there itself and says so. The focus stays on the control it came from, named from.
  var wish = 0;
  function swap(address, from) {
    var mine = ++wish;
    var place = document.getElementById("swap");
    var sheet = place.querySelector(".sheet");
    var open = sheet && sheet.open;
    place.setAttribute("aria-busy", "true");
    fetch(address, { credentials: "same-origin" })
      .then(function (answer) { return answer.text(); })
      .then(function (text) {
        if (mine !== wish) return;
        var page = new DOMParser().parseFromString(text, "text/html");
        var fresh = page.getElementById("swap");
        if (!fresh) { location.href = address; return; }
        if (from !== undefined) history.pushState(null, "", address);
        place.replaceWith(fresh);
        document.title = page.title;
        var other = page.querySelector(".top [hreflang]");
        if (other) document.querySelector(".top [hreflang]").href = other.getAttribute("href");
        sheet = fresh.querySelector(".sheet");
        if (sheet) sheet.open = open;
        showFilters(fresh);
        document.dispatchEvent(new Event("swapped"));
        var count = document.getElementById("count");
        var same = Array.from(fresh.querySelectorAll("[data-swap],[data-auto]")).find(function (control) {
          return (control.dataset.swap || control.id) === from && control.offsetParent;
        });
        if (from !== undefined) (same || count).focus({ preventScroll: true });
        document.getElementById("live").textContent = count.textContent;
      })
      .catch(function () { location.href = address; });
  }

  // One box ticks all others of its form.
  document.querySelectorAll("[data-all]").forEach(function (box) {
    box.hidden = false;
    box.addEventListener("change", function () {
      box.form.querySelectorAll("[name=pick]").forEach(function (other) { other.checked = box.checked; });
    });
  });

  // A page about something at work is loaded again.
  if (document.querySelector("[data-reload]")) setTimeout(function () { location.reload(); }, 5000);

  var work = document.querySelector("[data-events]");
  if (work) watch(work);

  // watch shows how far an import is, and loads the page when it has ended. Where the server stops meanwhile, the page
  // is loaded as soon as it answers again.
  function watch(work) {
    var events = new EventSource(work.dataset.events);
    events.addEventListener("progress", function (event) {
      var now = JSON.parse(event.data);
      var bar = work.querySelector("progress");
      if (now.share) bar.value = now.share; else bar.removeAttribute("value");
      work.querySelector("h2").textContent = now.state;
      work.querySelector("[data-counts]").textContent = now.text;
    });
    events.addEventListener("end", function () {
      events.close();
      location.reload();
    });
    events.onerror = function () {
      if (events.readyState === EventSource.CLOSED) setTimeout(again, 3000);
    };
    function again() {
      fetch(location.href, { credentials: "same-origin" }).then(function () { location.reload(); }, function () { setTimeout(again, 3000); });
    }
  }

  function showFilters(place) {
    place.querySelectorAll("[data-filter]").forEach(function (box) { box.hidden = false; });
  }
})();

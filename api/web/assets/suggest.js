// Suggestions under a search box: a combobox with a list that pops up (ARIA 1.2). The box stays what it is without them.
(function () {
  "use strict";
  var pause = 120; // milliseconds without a key before the server is asked
  var box, list, said, words, timer, asked, shown = [], at = -1;

  document.addEventListener("focusin", function (event) {
    if (event.target.dataset.suggest !== undefined && event.target !== box) attach(event.target);
  });
  document.addEventListener("focusout", function (event) {
    if (event.target === box) close();
  });
  ["input", "compositionend"].forEach(function (name) {
    document.addEventListener(name, function (event) {
      if (event.target !== box || event.isComposing) return; // what an input method is still making is no word
      clearTimeout(timer);
      timer = setTimeout(ask, pause);
    });
  });
  document.addEventListener("keydown", function (event) {
    if (event.target !== box || event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!shown.length) { ask(); return; }
      var step = event.key === "ArrowDown" ? 1 : -1;
      at = at < 0 && step < 0 ? shown.length - 1 : at + step;
      if (at >= shown.length) at = -1;
      mark();
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      choose(shown[at]);
    } else if (event.key === "Escape" && shown.length) {
      event.preventDefault();
      close();
    }
  });

  // attach makes the box that has the focus a combobox. Words are those of the page, in the order of data-words.
  function attach(input) {
    close();
    box = input;
    words = box.dataset.words.split("|");
    list = document.getElementById(box.id + "-list");
    if (!list) {
      list = document.createElement("ul");
      list.id = box.id + "-list";
      list.hidden = true;
      list.setAttribute("role", "listbox");
      list.setAttribute("aria-label", words[0]);
      box.after(list);
      said = document.createElement("p");
      said.className = "hide";
      said.setAttribute("role", "status");
      list.after(said);
      box.type = "text";
      box.setAttribute("role", "combobox");
      box.setAttribute("aria-autocomplete", "list");
      box.setAttribute("aria-controls", list.id);
      box.setAttribute("aria-expanded", "false");
      list.addEventListener("mousedown", function (event) { event.preventDefault(); }); // the focus stays in the box
      list.addEventListener("click", function (event) {
        var option = event.target.closest("li");
        if (option) choose(shown[Array.from(list.children).indexOf(option)]);
      });
    }
    said = list.nextElementSibling;
  }

  function ask() {
    var text = box.value.trim();
    if (asked) asked.abort();
    if (!text) { close(); return; }
    asked = new AbortController();
    var mine = box;
    var q = new URLSearchParams({ q: text.slice(0, 200) });
    var kind = new FormData(box.form).get("kind");
    if (kind) q.set("kind", kind);
    fetch(box.dataset.suggest + "?" + q, { signal: asked.signal })
      .then(function (answer) { return answer.ok ? answer.json() : { suggestions: [] }; })
      .then(function (found) { if (mine === document.activeElement && mine === box) show(found.suggestions); })
      .catch(function (error) { if (error.name !== "AbortError") close(); }); // without a network the box works without
  }

  function show(suggestions) {
    close();
    shown = suggestions;
    shown.forEach(function (one, i) {
      var option = document.createElement("li");
      option.id = list.id + "-" + i;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      var text = document.createElement("span");
      text.textContent = one.text;
      text.lang = "zh-CN";
      var what = document.createElement("small");
      what.textContent = words[["keyword", "org", "achievement", "need", "expert", "project"].indexOf(one.kind || one.what) + 2];
      option.append(text, " ", what);
      list.append(option);
    });
    if (!shown.length) return;
    list.hidden = false;
    box.setAttribute("aria-expanded", "true");
    said.textContent = words[1].replace("0", shown.length);
  }

  function mark() {
    Array.from(list.children).forEach(function (option, i) {
      option.setAttribute("aria-selected", String(i === at));
      if (i === at) option.scrollIntoView({ block: "nearest" });
    });
    if (at < 0) box.removeAttribute("aria-activedescendant"); else box.setAttribute("aria-activedescendant", list.id + "-" + at);
  }

  function close() {
    clearTimeout(timer);
    shown = [];
    at = -1;
    if (!list) return;
    list.hidden = true;
    list.textContent = said.textContent = "";
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  }

  // choose goes to the document whose title it is, or searches for the key word or holder.
  function choose(one) {
    var form = box.form;
    if (one.kind) {
      location.href = box.dataset.suggest.replace(/v1\/suggest$/, one.kind + "s/" + encodeURIComponent(one.id));
    } else {
      box.value = one.query;
      close();
      form.submit();
    }
  }
})();

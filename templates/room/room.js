// Saves each answer as it is given and follows the facilitator. Without it the forms still work.
(function () {
  "use strict";
  if (!window.fetch || !window.URLSearchParams || !window.DOMParser || !window.Promise) return;

  const words = document.body.dataset;
  const statusLine = document.getElementById("status");
  const PAUSE = 700;
  const PATIENCE = 12000;
  const SLOWEST = 15000;
  const MOST = 50;
  let main = document.getElementById("main");
  let queue = [];
  let sending = false;
  let failures = 0;
  let retry = null;
  let afterwards = null;
  let source = null;
  let polling = null;
  let ticking = null;
  let most = MOST;

  // ---- What is kept until it is acknowledged

  function place() {
    return "samenspel." + main.dataset.me;
  }

  function keep() {
    try {
      if (queue.length) sessionStorage.setItem(place(), JSON.stringify(queue));
      else sessionStorage.removeItem(place());
    } catch (error) {
      // A browser that keeps nothing still has the queue itself.
    }
  }

  function kept() {
    try {
      const mine = place();
      for (let i = sessionStorage.length - 1; i >= 0; i -= 1) {
        const key = sessionStorage.key(i);
        if (key.indexOf("samenspel.") === 0 && key !== mine) sessionStorage.removeItem(key);
      }
      return JSON.parse(sessionStorage.getItem(mine) || "[]");
    } catch (error) {
      return [];
    }
  }

  function newKey() {
    const bytes = new Uint8Array(16);
    window.crypto.getRandomValues(bytes);
    return Array.prototype.map.call(bytes, (b) => ("0" + b.toString(16)).slice(-2)).join("");
  }

  function round() {
    const field = main.querySelector("#answers input[name=round]");
    return field ? Number(field.value) : null;
  }

  // ---- Saying how it stands

  function say(kind, text) {
    if (statusLine.textContent === text && statusLine.className === kind) return;
    statusLine.className = kind;
    statusLine.textContent = text;
  }

  function sayProgress() {
    const all = main.querySelectorAll("fieldset[data-item]");
    if (!all.length) return;
    const given = Array.prototype.filter.call(all, (one) => hasValue(answerOf(one))).length;
    const count = words.answered.replace("N", given).replace("OF", all.length);
    say("saved", words.saved + " · " + count);
  }

  function mark(item, kind, text) {
    const found = fieldset(item);
    if (!found) return;
    const state = found.querySelector(".state");
    state.className = "state " + kind;
    state.textContent = text;
  }

  function fieldset(item) {
    const all = main.querySelectorAll("fieldset[data-item]");
    return Array.prototype.find.call(all, (one) => one.dataset.item === item);
  }

  // ---- Sending: again and again with the same key, until the room says that it has it

  function give(item, value) {
    const number = round();
    if (number === null) return;
    queue = queue.filter((one) => one.item !== item || one.round !== number || one.sent);
    queue.push({ round: number, item: item, value: value, key: newKey() });
    keep();
    mark(item, "", words.saving);
    send();
  }

  function post(url, body, type) {
    const stop = window.AbortController ? new AbortController() : null;
    const timer = setTimeout(() => stop && stop.abort(), PATIENCE);
    const options = {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": type },
      body: body,
    };
    if (stop) options.signal = stop.signal;
    return fetch(url, options).then(
      (response) => {
        clearTimeout(timer);
        return response;
      },
      (error) => {
        clearTimeout(timer);
        throw error;
      }
    );
  }

  function send() {
    if (sending || retry) return;
    if (!queue.length) {
      finish();
      return;
    }
    sending = true;
    const first = queue[0].round;
    const batch = queue.filter((one) => one.round === first).slice(0, most);
    batch.forEach((one) => {
      one.sent = true;
    });
    const answers = batch.map((one) => ({ item: one.item, value: one.value, key: one.key }));
    post("/answers", JSON.stringify({ round: first, answers: answers }), "application/json")
      .then((response) => response.json().then((told) => ({ response: response, told: told })))
      .then((found) => heard(batch, found.response, found.told))
      .catch(() => {
        sending = false;
        later(null, words.offline);
      });
  }

  function heard(batch, response, told) {
    sending = false;
    if (response.ok) {
      failures = 0;
      most = MOST;
      told.answers.forEach((one) => settle(one));
      keep();
      if (queue.length) send();
      else finish();
    } else if (response.status === 409) {
      drop(batch);
      say("trouble", words.closed);
      refresh();
    } else if (response.status === 401) {
      say("trouble", words.rejoin);
      window.location.href = "/";
    } else if (response.status === 400 || response.status === 413) {
      if (batch.length > 1) most = 1;
      else {
        drop(batch);
        mark(batch[0].item, "refused", words.refused);
      }
      send();
    } else {
      later(told.wait, told.text || words.offline);
    }
  }

  function settle(one) {
    const entry = queue.find((other) => other.key === one.key);
    if (!entry) return;
    queue = queue.filter((other) => other !== entry);
    const newer = queue.some((other) => other.item === entry.item);
    if (one.state === "refused") {
      mark(entry.item, "refused", one.text);
      say("trouble", words.refused);
    } else if (one.state === "closed") {
      say("trouble", words.closed);
      refresh();
    } else if (!newer && !typing(entry.item)) {
      const empty = !hasValue(entry.value);
      mark(entry.item, empty ? "" : "saved", empty ? "" : words.saved);
    }
  }

  function typing(item) {
    const found = fieldset(item);
    return Boolean(found && found.pause);
  }

  function drop(batch) {
    queue = queue.filter((one) => batch.indexOf(one) < 0);
    keep();
  }

  function later(wait, text) {
    failures += 1;
    say("trouble", text);
    const pause = Math.min(SLOWEST, 500 * Math.pow(2, failures)) * (0.75 + Math.random() / 2);
    retry = setTimeout(again, Math.max(pause, (wait || 0) * 1000));
  }

  function again() {
    clearTimeout(retry);
    retry = null;
    send();
  }

  function finish() {
    const refused = main.querySelector(".state.refused");
    if (!refused && main.querySelector(".state.saved")) sayProgress();
    if (afterwards) {
      const next = afterwards;
      afterwards = null;
      next();
    }
  }

  // ---- Forms other than answers: done, back, name

  function submit(form, button) {
    const body = new URLSearchParams();
    const own = form.id === "answers" ? form.querySelectorAll("input[name=round]") : form.elements;
    Array.prototype.forEach.call(own, (field) => {
      if (field.name && field.type !== "submit") body.append(field.name, field.value);
    });
    if (button && button.name) body.append(button.name, button.value);
    const act = () =>
      post(form.getAttribute("action"), body.toString(), "application/x-www-form-urlencoded")
        .then((response) => {
          if (response.status === 429 || response.status >= 500) throw new Error("busy");
          return response.text();
        })
        .then((html) => {
          failures = 0;
          swap(html, true);
        })
        .catch(() => {
          afterwards = act;
          later(null, words.offline);
        });
    commit();
    afterwards = act;
    if (retry) again();
    else send();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest ? event.target.closest("button") : null;
    if (!button || !button.form || !button.form.hasAttribute("data-quiet")) return;
    if (button.type !== "submit") return;
    if (!button.form.checkValidity || button.form.checkValidity() || button.name === "clear") {
      event.preventDefault();
      if (button.name === "clear") clear(button.value);
      else if (button.name === "save") commit();
      else submit(button.form, button);
    }
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.hasAttribute("data-quiet")) return;
    event.preventDefault();
    if (form.id === "answers") commit();
    else submit(form, form.querySelector("button"));
  });

  // ---- Reading and setting the controls

  function hasValue(value) {
    if (value === null || value === undefined || value === "") return false;
    if (Array.isArray(value)) return value.length > 0;
    return typeof value !== "object" || Object.keys(value).some((key) => value[key] > 0);
  }

  function valueOf(found) {
    const kind = found.dataset.kind;
    const all = (query) => Array.prototype.slice.call(found.querySelectorAll(query));
    if (kind === "choices") return all("input:checked").map((one) => one.value);
    if (kind === "ranking") {
      const placed = all("select").filter((one) => one.value);
      placed.sort((a, b) => Number(a.value) - Number(b.value));
      return placed.map((one) => one.dataset.option);
    }
    if (kind === "dots") {
      const given = {};
      all("input").forEach((one) => {
        if (Number(one.value) > 0) given[one.dataset.option] = Number(one.value);
      });
      return given;
    }
    if (kind === "text" || kind === "lines") return found.querySelector("textarea").value;
    if (kind === "number") return found.querySelector("input").value;
    const checked = found.querySelector("input:checked");
    return checked ? checked.value : null;
  }

  // A ranking counts once everything has its place; until then there is none.
  function answerOf(found) {
    const value = valueOf(found);
    const whole = found.querySelectorAll("select").length;
    return found.dataset.kind === "ranking" && value.length < whole ? [] : value;
  }

  function set(found, value) {
    const kind = found.dataset.kind;
    const each = (query, act) => Array.prototype.forEach.call(found.querySelectorAll(query), act);
    if (kind === "choices") {
      each("input[type=checkbox]", (one) => {
        one.checked = (value || []).indexOf(one.value) >= 0;
      });
    } else if (kind === "ranking") {
      each("select", (one) => {
        const at = (value || []).indexOf(one.dataset.option);
        one.value = at < 0 ? "" : String(at + 1);
      });
      showRanking(found);
    } else if (kind === "dots") {
      each("input", (one) => {
        one.value = (value || {})[one.dataset.option] || "";
      });
      showDots(found);
    } else if (kind === "text" || kind === "lines") found.querySelector("textarea").value = value || "";
    else if (kind === "number") found.querySelector("input").value = value || "";
    else {
      each("input", (one) => {
        one.checked = one.value === String(value);
      });
    }
    const button = found.querySelector("button.clear");
    if (button) button.hidden = !hasValue(value);
  }

  function changed(found) {
    clearTimeout(found.pause);
    found.pause = null;
    const value = answerOf(found);
    const text = JSON.stringify(value);
    if (found.given === text) {
      settled(found, value);
      return;
    }
    found.given = text;
    const button = found.querySelector("button.clear");
    if (button) button.hidden = !hasValue(value);
    give(found.dataset.item, hasValue(value) ? value : null);
  }

  function settled(found, value) {
    const item = found.dataset.item;
    if (queue.some((one) => one.item === item)) return;
    mark(item, hasValue(value) ? "saved" : "", hasValue(value) ? words.saved : "");
  }

  function commit() {
    Array.prototype.forEach.call(main.querySelectorAll("fieldset[data-item]"), (found) => {
      if (found.pause) changed(found);
    });
  }

  function clear(item) {
    const found = fieldset(item);
    set(found, null);
    changed(found);
  }

  document.addEventListener("input", (event) => {
    const found = event.target.closest("fieldset[data-item]");
    if (!found) return;
    const kind = found.dataset.kind;
    if (kind === "dots") showDots(found);
    if (kind === "text" || kind === "lines" || kind === "number" || kind === "dots") {
      pause(found);
    }
  });

  function pause(found) {
    clearTimeout(found.pause);
    found.pause = setTimeout(() => changed(found), PAUSE);
    mark(found.dataset.item, "", words.saving);
    if (statusLine.className === "saved") say("", words.saving);
  }

  document.addEventListener("change", (event) => {
    const found = event.target.closest("fieldset[data-item]");
    if (!found) return;
    if (found.dataset.kind === "choices" && event.target.checked) atMost(found, event.target);
    changed(found);
  });

  function atMost(found, box) {
    const most = Number(found.querySelector(".options").dataset.most || 0);
    if (most && found.querySelectorAll("input:checked").length > most) box.checked = false;
  }

  // ---- Controls that a script makes easier

  function enhanceRanking(found) {
    Array.prototype.forEach.call(found.querySelectorAll("li"), (row) => {
      const label = row.querySelector("label");
      const button = document.createElement("button");
      button.type = "button";
      button.appendChild(document.createElement("b"));
      const text = document.createElement("span");
      text.textContent = label.textContent;
      button.appendChild(text);
      label.hidden = true;
      row.querySelector("select").hidden = true;
      row.appendChild(button);
      button.addEventListener("click", () => {
        rank(found, row.querySelector("select"));
      });
    });
    const help = found.querySelector("ol").previousElementSibling;
    help.className = "help rankhelp";
    help.setAttribute("aria-live", "polite");
    showRanking(found);
  }

  function rank(found, select) {
    const order = valueOf(found).filter((option) => option !== select.dataset.option);
    if (!select.value) order.push(select.dataset.option);
    set(found, order);
    changed(found);
  }

  function showRanking(found) {
    const selects = found.querySelectorAll("select");
    let left = 0;
    Array.prototype.forEach.call(selects, (select) => {
      const button = select.parentNode.querySelector("button");
      if (!button) return;
      button.firstChild.textContent = select.value;
      button.setAttribute("aria-pressed", select.value ? "true" : "false");
      if (!select.value) left += 1;
    });
    const help = found.querySelector(".rankhelp");
    if (help) help.textContent = left ? words.rank.replace("LEFT", left) : words.ranked;
  }

  function enhanceDots(found) {
    Array.prototype.forEach.call(found.querySelectorAll("li"), (row) => {
      const input = row.querySelector("input");
      const steps = document.createElement("span");
      steps.className = "steps";
      const label = row.querySelector("label").textContent;
      const button = (sign, by, name) => {
        const made = document.createElement("button");
        made.type = "button";
        made.textContent = sign;
        made.setAttribute("aria-label", name + ": " + label);
        made.addEventListener("click", () => {
          const wanted = Math.max(0, Number(input.value || 0) + by);
          if (by > 0 && dotsLeft(found) < 1) return;
          input.value = wanted || "";
          showDots(found);
          pause(found);
        });
        return made;
      };
      row.appendChild(steps);
      steps.appendChild(button("−", -1, words.less));
      steps.appendChild(input);
      steps.appendChild(button("+", 1, words.more));
    });
    const help = found.querySelector("ul").previousElementSibling;
    help.classList.add("dotshelp");
    help.setAttribute("aria-live", "polite");
    showDots(found);
  }

  function dotsLeft(found) {
    const given = valueOf(found);
    const sum = Object.keys(given).reduce((total, key) => total + given[key], 0);
    return Number(found.querySelector("ul").dataset.dots) - sum;
  }

  function showDots(found) {
    const help = found.querySelector(".dotshelp");
    if (help) help.textContent = words.dots.replace("LEFT", Math.max(0, dotsLeft(found)));
  }

  function showClock() {
    clearInterval(ticking);
    const clock = main.querySelector(".clock");
    if (!clock) return;
    const offset = Number(clock.dataset.now) - Date.now() / 1000;
    const tick = () => {
      const left = Math.round(Number(clock.dataset.ends) - Date.now() / 1000 - offset);
      const seconds = ("0" + (Math.max(0, left) % 60)).slice(-2);
      const time = Math.floor(Math.max(0, left) / 60) + ":" + seconds;
      clock.textContent = left > 0 ? words.left.replace("TIME", time) : words.over;
      clock.classList.toggle("over", left <= 0);
    };
    tick();
    ticking = setInterval(tick, 1000);
  }

  function enhance() {
    Array.prototype.forEach.call(main.querySelectorAll("fieldset[data-item]"), (found) => {
      const kind = found.dataset.kind;
      if (kind === "ranking") enhanceRanking(found);
      if (kind === "dots") enhanceDots(found);
      found.given = JSON.stringify(answerOf(found));
    });
    Array.prototype.forEach.call(main.querySelectorAll("button.plain"), (one) => {
      one.hidden = true;
    });
    showClock();
    if (!queue.length) queue = kept();
    const number = round();
    queue.forEach((one) => {
      const found = one.round === number ? fieldset(one.item) : null;
      if (!found) return;
      set(found, one.value);
      found.given = JSON.stringify(answerOf(found));
      mark(one.item, "", words.saving);
    });
    if (queue.length) send();
  }

  // ---- Following the facilitator

  function refresh() {
    return fetch("/room", { credentials: "same-origin" })
      .then((response) => {
        if (!response.ok) throw new Error("busy");
        if (response.redirected && response.url.slice(-5) !== "/room") {
          window.location.href = response.url;
          return null;
        }
        return response.text();
      })
      .then((html) => {
        if (html) swap(html, false);
      })
      .catch(() => {});
  }

  function swap(html, always) {
    const next = new DOMParser().parseFromString(html, "text/html");
    const fresh = next.getElementById("main");
    if (!fresh) return;
    // The same round is still open: what is being typed stays.
    if (!always && fresh.dataset.mark === main.dataset.mark) {
      main.dataset.revision = fresh.dataset.revision;
      return;
    }
    commit();
    document.title = next.title;
    const scripts = fresh.querySelectorAll("noscript");
    Array.prototype.forEach.call(scripts, (one) => one.parentNode.removeChild(one));
    main.parentNode.replaceChild(fresh, main);
    main = fresh;
    // Of what could not be saved, the lines that told why went with the form.
    if (statusLine.className !== "trouble" || statusLine.textContent === words.refused) say("", "");
    window.scrollTo(0, 0);
    main.focus();
    enhance();
  }

  function listen() {
    if (!main.dataset.me) return;
    if (!window.EventSource) {
      poll(5000);
      return;
    }
    source = new EventSource("/events");
    let trouble = null;
    source.onopen = () => {
      clearTimeout(trouble);
      trouble = null;
      if (statusLine.className === "trouble" && !queue.length) say("", "");
    };
    source.onmessage = (event) => {
      if (event.data === main.dataset.revision) return;
      setTimeout(refresh, Math.random() * 400);
    };
    source.addEventListener("full", () => {
      source.close();
      poll(10000);
    });
    source.onerror = () => {
      if (source.readyState === 2) poll(5000);
      else if (!trouble) trouble = setTimeout(() => say("trouble", words.offline), 4000);
    };
  }

  function poll(pause) {
    clearInterval(polling);
    polling = setInterval(refresh, pause);
  }

  window.addEventListener("online", () => {
    if (retry) again();
    refresh();
  });
  window.addEventListener("offline", () => say("trouble", words.offline));
  document.addEventListener("visibilitychange", () => {
    commit();
    if (document.visibilityState === "visible") {
      if (retry) again();
      refresh();
    }
  });
  window.addEventListener("pagehide", commit);
  // A page that the back button brings back may be somebody else's.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) window.location.reload();
  });

  enhance();
  listen();
})();

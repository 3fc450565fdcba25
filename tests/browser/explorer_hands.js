// Put into the page once, as `window.hands`: what an explorer shows, and what the focus does in it.

function installHands(kernel) {
  const waiting = new Set();
  kernel.anyMessage.connect((_, { msg, direction }) => {
    if (direction === "send" && msg.header.msg_type === "comm_msg") waiting.add(msg.header.msg_id);
    if (msg.header.msg_type === "status" && msg.content.execution_state === "idle")
      waiting.delete(msg.parent_header.msg_id);
  });

  // The sentence, the tables, a foreign widget's legend, the address of each picture; not what the controls say.
  const words = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    if (node.tagName === "IMG") return node.src;
    return node.matches?.(".widget-inline-hbox, .widget-checkbox") ? "" : [...node.childNodes].map(words).join(" ");
  };

  const red = [];
  const toned = (changes) => changes.map(({ target }) => target.dataset.tone === "error" && red.push(target.innerText));
  new MutationObserver(toned).observe(document.body, { subtree: true, attributeFilter: ["data-tone"] });

  const ring = (node) => {
    const { outline, boxShadow, borderColor } = getComputedStyle(node);
    return [outline, boxShadow, borderColor].join("; ");
  };
  const reached = new Map();
  document.addEventListener("focusin", ({ target }) => reached.set(target, ring(target)));

  const pause = () => new Promise((resolve) => setTimeout(resolve, 15));
  const answered = async () => {
    for (let i = 0; waiting.size > 0 && i < 6000; i++) await pause();
  };
  const changes = async (explorer, before) => {
    await answered();
    for (let i = 0; words(explorer) === before && i < 25; i++) await pause(); // a picture is decoded first
    return words(explorer) !== before;
  };

  window.hands = {
    answered,
    changes,
    red,
    shown: words,
    forget: () => reached.clear(),
    missed: (controls) => controls.filter((control) => !reached.has(control)).map((control) => control.outerHTML),
    unringed: (controls) => {
      document.activeElement.blur();
      return controls.filter((control) => reached.get(control) === ring(control)).map((control) => control.outerHTML);
    },
  };
}

// What is wrong with how an explorer looks, one sentence each; an empty list where all is well.

function complaints(explorer) {
  const said = [];
  const all = (selector) => [...explorer.querySelectorAll(selector)].filter((node) => node.checkVisibility());
  const named = (node) => `${node.className || node.tagName} “${(node.innerText ?? "").trim().slice(0, 40)}”`;

  // Nothing is wider than its place.
  const output = explorer.closest(".jp-OutputArea-output");
  const places = [output, explorer, ...all(".widget-label, .widget-label-basic, .widget-text input")];
  for (const node of [...places, ...all(".course-title, .course-text, .course-table, .course-table div")])
    if (node.scrollWidth > node.clientWidth + 1)
      said.push(`${named(node)} needs ${node.scrollWidth} px and has ${node.clientWidth}`);
  const edge = output.getBoundingClientRect();
  for (const node of all("*")) {
    const { left, right } = node.getBoundingClientRect();
    if (left < edge.left - 1 || right > edge.right + 1) said.push(`${named(node)} sticks out of its output`);
  }

  // A list has room for its longest choice, a slider for its track.
  const pen = document.createElement("canvas").getContext("2d");
  for (const list of all("select")) {
    const style = getComputedStyle(list);
    pen.font = style.font;
    const room = list.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    for (const { text } of list.options) if (pen.measureText(text).width > room) said.push(`“${text}” is cut off`);
  }
  for (const track of all(".noUi-target")) if (track.clientWidth < 50) said.push(`a track of ${track.clientWidth} px`);

  // Light on dark or dark on light: the contrast of WCAG 2.2.
  const channels = (color) => color.match(/[\d.]+/g).map(Number);
  const luminance = (rgb) =>
    rgb.slice(0, 3).reduce((sum, value, i) => {
      const part = value / 255;
      return sum + [0.2126, 0.7152, 0.0722][i] * (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    }, 0);
  const over = (top, under) => top.slice(0, 3).map((value, i) => value * (top[3] ?? 1) + under[i] * (1 - (top[3] ?? 1)));
  const behind = (node) => {
    if (!node) return [255, 255, 255];
    const own = channels(getComputedStyle(node).backgroundColor);
    return own[3] === 0 ? behind(node.parentElement) : over(own, own.length < 4 ? own : behind(node.parentElement));
  };
  const contrast = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const spoken = (node) => [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
  for (const node of all("*").filter((node) => spoken(node) || node.matches("input, textarea, select"))) {
    const page = behind(node);
    const found = contrast(over(channels(getComputedStyle(node).color), page), page);
    if (found < 4.5) said.push(`${named(node)} has a contrast of ${found.toFixed(1)}`);
  }
  const dark = document.body.dataset.jpThemeLight === "false";
  if (luminance(behind(explorer)) > 0.2 === dark) said.push(`the page is ${dark ? "not " : ""}dark`);
  return [...new Set(said)];
}

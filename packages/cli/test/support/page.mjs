// What is asked inside of a page: these run in the browser.

/**
 * How well the text of an element can be told from what is behind it, by WCAG's measure: 1 to 21.
 * @param {any} element
 * @returns {number}
 */
export function contrast(element) {
  const rgb = (text) => (text.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (text) => {
    const [r, g, b] = rgb(text).map((part) => {
      const value = part / 255;
      return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  let background = "rgba(0, 0, 0, 0)";
  for (let at = element; at && rgb(background)[3] === 0; at = at.parentElement) {
    background = getComputedStyle(at).backgroundColor;
  }
  const [light, dark] = [luminance(getComputedStyle(element).color), luminance(background)].sort(
    (a, b) => b - a,
  );
  return (light + 0.05) / (dark + 0.05);
}

/**
 * Whether the page can be scrolled sideways.
 * @returns {boolean}
 */
export function isTooWide() {
  return document.documentElement.scrollWidth > innerWidth;
}

/**
 * Whether an element is in what is to be seen of the box that it can be scrolled in.
 * @param {any} element
 * @returns {boolean}
 */
export function isInView(element) {
  const { top, bottom } = element.getBoundingClientRect();
  const frame = element.closest("pre").getBoundingClientRect();
  return top >= frame.top && bottom <= frame.bottom;
}

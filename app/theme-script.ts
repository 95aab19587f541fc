/**
 * Before the first paint: the chosen theme as data-theme beside Mantine's own attribute, so that no page flashes.
 * Nothing chosen leaves data-theme away: tokens.css then follows the system.
 */
export const THEME_SCRIPT = `(function () {
  try {
    var chosen = window.localStorage.getItem('mantine-color-scheme-value');
    if (chosen === 'light' || chosen === 'dark') document.documentElement.setAttribute('data-theme', chosen);
  } catch (error) {}
})();`;

// The button that switches between light and dark, and says to which. Nothing is
// stored: a page opens as the reader's system is set.
'use strict';
(() => {
  const root = document.documentElement;
  const button = document.getElementById('theme');
  const system = matchMedia('(prefers-color-scheme: dark)');
  const dark = () => (root.dataset.theme ? root.dataset.theme === 'dark' : system.matches);
  const show = () => {
    button.textContent = dark() ? 'Light page' : 'Dark page';
    document.dispatchEvent(new Event('theme'));
  };
  button.addEventListener('click', () => {
    root.dataset.theme = dark() ? 'light' : 'dark';
    show();
  });
  system.addEventListener('change', show);
  button.hidden = false;
  show();
})();

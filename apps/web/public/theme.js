// Runs before the first paint, so that a dark page never flashes light. An external file, since the CSP forbids inline script.
(function () {
  var choice = null;
  try {
    choice = localStorage.getItem('mle.theme');
  } catch {
    // Storage may be closed to us: the system's theme counts then.
  }
  var dark = choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();

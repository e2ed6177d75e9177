// Before anything is painted: the colours the person chose, and that scripts run.
(() => {
  document.documentElement.classList.add("scripts");
  let theme = null;
  try {
    theme = localStorage.getItem("theme");
  } catch {
    // Storage is off: the system's preference it is.
  }
  if (theme) document.documentElement.dataset.theme = theme;
})();

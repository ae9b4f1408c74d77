// Loads the page's script files one after the other, so that modules appear progressively, as on
// the real page. Nothing here is visible to other script.
(() => {
  const { scripts, knobs } = JSON.parse(
    document.querySelector('meta[name="rehearsal"]').content,
  );
  const next = (at) => {
    if (at === scripts.length) return;
    const script = document.createElement('script');
    script.src = `/assets/${scripts[at]}`;
    script.onload = () => {
      if (knobs.registerMs > 0) setTimeout(() => next(at + 1), knobs.registerMs);
      else next(at + 1);
    };
    document.head.append(script);
  };
  next(0);
})();

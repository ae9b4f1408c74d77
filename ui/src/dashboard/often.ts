/** Does something every so often while somebody may see it; answers what ends that. */
export function often(ms: number, act: () => void): () => void {
  const timer = setInterval(() => {
    if (document.visibilityState !== "hidden") act();
  }, ms);
  return () => clearInterval(timer);
}

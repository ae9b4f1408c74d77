/** Which page is open, kept in the address. */

/** The pages, in the order of the sidebar. */
export const PAGES = [
  "sdrs",
  "review",
  "messages",
  "campaigns",
  "templates",
  "leads",
  "do-not-contact",
  "figures",
  "audit",
  "webhooks",
  "settings",
  "reference",
] as const;
export type PageName = (typeof PAGES)[number];

/** A page, and what is open on it. */
export type Route = { page: PageName; id: string | null; query: URLSearchParams };

/** What an address shows; the SDRs where it names nothing of ours. */
export function routeOf(path: string, search: string): Route {
  const [first = "", second = ""] = path.split("/").filter(Boolean);
  const page = PAGES.find((name) => name === first) ?? "sdrs";
  return { page, id: page === first ? decoded(second) : null, query: new URLSearchParams(search) };
}

function decoded(part: string): string | null {
  try {
    return part === "" ? null : decodeURIComponent(part);
  } catch {
    return null;
  }
}

/** The address of a page. */
export function addressOf(
  page: PageName,
  id: string | null = null,
  query = new URLSearchParams(),
): string {
  const path = id === null ? `/${page}` : `/${page}/${encodeURIComponent(id)}`;
  const search = query.toString();
  return search === "" ? path : `${path}?${search}`;
}

/** The open page; going somewhere makes an entry of the browser's history. */
export class Router {
  route = $state.raw<Route>(routeOf(location.pathname, location.search));
  /** Set by what has something to lose, a page or what is open on it: it is given the going, and does it once the person agrees. */
  hold: ((go: () => void) => void) | null = null;

  /** Follows the browser's buttons; returns how to stop. */
  start(): () => void {
    const onpopstate = () => {
      const { pathname, search } = location;
      const there = routeOf(pathname, search);
      if (this.hold && this.#isElsewhere(there.page, there.id)) {
        // The browser has gone already; its address comes back until the person agrees.
        const { page, id, query } = this.route;
        history.pushState(null, "", addressOf(page, id, query));
        this.hold(() => this.#open(there));
      } else {
        this.route = there;
      }
    };
    addEventListener("popstate", onpopstate);
    return () => removeEventListener("popstate", onpopstate);
  }

  /** Opens a page, or something on it. */
  go(page: PageName, id: string | null = null, query = new URLSearchParams()): void {
    const open = () => this.#open({ page, id, query });
    if (this.#isElsewhere(page, id)) this.leave(open);
    else open();
  }

  #isElsewhere(page: PageName, id: string | null): boolean {
    return page !== this.route.page || id !== this.route.id;
  }

  /** Does what leaves the page, once nothing is lost by it. */
  leave(go: () => void): void {
    if (this.hold) this.hold(go);
    else go();
  }

  #open(route: Route): void {
    history.pushState(null, "", addressOf(route.page, route.id, route.query));
    this.route = route;
  }

  /** Opens something on this page, or closes it. */
  open(id: string | null): void {
    this.go(this.route.page, id, this.route.query);
  }

  /** Keeps a filter in the address, without an entry of the history. */
  keep(filter: Record<string, string>): void {
    const query = new URLSearchParams(this.route.query);
    for (const [key, value] of Object.entries(filter)) {
      if (value === "") query.delete(key);
      else query.set(key, value);
    }
    const { page, id } = this.route;
    history.replaceState(null, "", addressOf(page, id, query));
    this.route = { page, id, query };
  }
}

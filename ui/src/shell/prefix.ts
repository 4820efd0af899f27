// Behind a proxy the city may stand below a path, https://city.example/madang/control: every address of the server gets
// what stands before /control.

/** "/madang" of "/madang/control"; empty for "/control". */
export function prefixOf(pathname: string): string {
  const found = /^(.*?)\/control(?:\/|$)/.exec(pathname);
  return found?.[1] ?? '';
}

const prefix = prefixOf(globalThis.location?.pathname ?? '');

/** An address of this server: "/api/v1/me" to "/madang/api/v1/me". */
export const ofServer = (path: string): string => prefix + path;

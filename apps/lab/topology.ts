/** A: every site has it, and the transit router alone decides who gets a packet to it. */
export const ANYCAST = '192.0.2.112';
export const SIP_PORT = 5060;
export const SITES_MAX = 8;

/** The one site that has a Redis of its own; the others do without. */
export const REDIS_SITE = 1;
export const REDIS_PORT = 6379;

/** Each call of the lab has a caller address of its own, so each can have its own route to A. */
export const CALLERS = { free: '198.18.0.0/16', behindFirewall: '198.19.0.0/16' } as const;
export const GATEWAY = '10.0.1.31';

export const unicastOf = (site: number) => `198.51.100.${10 + site}`;
export const gatewaySideOf = (site: number) => `10.0.0.${10 + site}`;
/** The third address of a site, for its links to the other sites. */
export const linkAddressOf = (site: number) => `10.9.0.${10 + site}`;
export const siteName = (site: number) => `site${site}`;

export const CALLERS_PLACE = 'callers';
export const GATEWAYS_PLACE = 'gateways';

/** The `n`th address of a range of callers, from 1 to 65,000. */
export function callerAddress(range: keyof typeof CALLERS, n: number): string {
  const [first] = CALLERS[range].split('.0.0/');
  return `${first}.${Math.floor(n / 250) % 256}.${1 + (n % 250)}`;
}

/** An interface of a namespace: it leads into the router, which knows what is behind it. */
export type Way = { readonly device: string; readonly networks: readonly string[] };

export type Place = {
  readonly name: string;
  /** Lines of `ip -batch`. */
  readonly ip: readonly string[];
  readonly ways: readonly Way[];
};

/** Every namespace of a lab with that many sites. */
export function placesOf(sites: number): readonly Place[] {
  return [
    callersPlace(),
    gatewaysPlace(),
    ...Array.from({ length: sites }, (_, index) => sitePlace(index + 1)),
  ];
}

function callersPlace(): Place {
  const networks = Object.values(CALLERS);
  return {
    name: CALLERS_PLACE,
    // Any address of the ranges is local, without one line for each.
    ip: [
      ...networks.map((network) => `route add local ${network} dev lo`),
      'link set out up',
      'route add default dev out',
    ],
    ways: [{ device: 'out', networks }],
  };
}

function gatewaysPlace(): Place {
  return {
    name: GATEWAYS_PLACE,
    ip: [`addr add ${GATEWAY}/32 dev lo`, 'link set in up', 'route add 10.0.0.0/24 dev in'],
    ways: [{ device: 'in', networks: ['10.0.1.0/24'] }],
  };
}

function sitePlace(site: number): Place {
  const [unicast, inside, link] = [unicastOf(site), gatewaySideOf(site), linkAddressOf(site)];
  return {
    name: siteName(site),
    ip: [
      `addr add ${ANYCAST}/32 dev lo`,
      `addr add ${unicast}/32 dev out`,
      `addr add ${inside}/32 dev in`,
      `addr add ${link}/32 dev mesh`,
      'link set out up',
      'link set in up',
      'link set mesh up',
      'route add default dev out',
      `route add 10.0.1.0/24 dev in src ${inside}`,
      `route add 10.9.0.0/24 dev mesh src ${link}`,
    ],
    ways: [
      { device: 'out', networks: [unicast] },
      { device: 'in', networks: [inside] },
      { device: 'mesh', networks: [link] },
    ],
  };
}

export type LinkSetting = {
  readonly delayMs?: number;
  readonly jitterMs?: number;
  /** Shares of the packets, 0 to 1. */
  readonly loss?: number;
  readonly copies?: number;
  readonly disorder?: number;
  readonly cut?: boolean;
};

/** Both directions of the way between two places. */
export type Link = { readonly between: readonly [string, string]; readonly setting: LinkSetting };

const CALLER_MS = 5;

/** The ways of a quiet day: sites far from each other, callers as near to one as to the next. */
export function quietLinks(sites: number, betweenSitesMs: number): readonly Link[] {
  const numbers = Array.from({ length: sites }, (_, index) => index + 1);
  return numbers.flatMap((site) => [
    { between: [CALLERS_PLACE, siteName(site)], setting: { delayMs: CALLER_MS } } as const,
    ...numbers
      .filter((other) => other > site)
      .map(
        (other) =>
          ({
            between: [siteName(site), siteName(other)],
            setting: { delayMs: betweenSitesMs },
          }) as const,
      ),
  ]);
}

import type { CallRecord } from '../../lib/call/record.ts';
import type { Address } from '../../lib/sip/address.ts';
import { runSipp, type Sipp, type SippEnd, type SippOptions, startSipp } from './sipp.ts';
import { type Site, type SiteOptions, startSite } from './site.ts';
import { tempFolder } from './temp-folder.ts';

type Run = Partial<SippOptions>;

/** A site with room for gateways and callers, all on addresses of one test file. */
export type Stage = {
  readonly site: Site;
  readonly folder: string;
  readonly caller: Address;
  readonly gateways: readonly [Address, ...Address[]];
  /** A gateway that plays this scenario until it is stopped, by default the first one. */
  gateway(scenario: string, run?: Run): Promise<Sipp>;
  /** One call or more to A, until they are over; by default one to 112. */
  call(scenario: string, run?: Run): Promise<SippEnd>;
  /** As `call`, for a test that does something meanwhile. */
  startCall(scenario: string, run?: Run): Promise<Sipp>;
  stopGateways(): Promise<void>;
  /** The record of the one call that ends meanwhile; another record beside it is an error. */
  recordOf(plot: () => Promise<void>): Promise<CallRecord>;
  /** Ends everything; answers the exit code of the node. */
  close(): Promise<number>;
};

export type StageOptions = Pick<SiteOptions, 'keys' | 'adminHost'> & {
  readonly net: string;
  readonly gatewayCount?: number;
};

export async function openStage({
  net,
  gatewayCount = 1,
  ...others
}: StageOptions): Promise<Stage> {
  const folder = tempFolder(net);
  const at = (host: number, port: number) => ({ address: `${net}.${host}`, port });
  const further = Array.from({ length: gatewayCount - 1 }, (_, index) => at(32 + index, 5080));
  const gateways: [Address, ...Address[]] = [at(31, 5080), ...further];
  const caller = at(101, 5060);
  const site = await startSite({ folder: folder.path, net, gateways, ...others });
  const running: Sipp[] = [];
  const callerRun = (scenario: string, run: Run): SippOptions => {
    const remote = site.anycast;
    return { scenario, folder: folder.path, local: caller, remote, service: '112', ...run };
  };
  const stopGateways = async () => {
    await Promise.all(running.splice(0).map((gateway) => gateway.stop()));
  };
  return {
    site,
    folder: folder.path,
    caller,
    gateways,
    async gateway(scenario, run = {}) {
      const local = gateways[0];
      const options = { scenario, folder: folder.path, local, withinSec: 120, ...run };
      const gateway = await startSipp(options);
      running.push(gateway);
      return gateway;
    },
    call: (scenario, run = {}) => runSipp(callerRun(scenario, run)),
    startCall: (scenario, run = {}) => startSipp(callerRun(scenario, run)),
    stopGateways,
    async recordOf(plot) {
      const before = site.records().length;
      await plot();
      const [record, ...others] = (await site.recordsOf(before + 1)).slice(before);
      if (record === undefined || others.length > 0) {
        throw new Error(`${others.length + 1} records of one call`);
      }
      return record;
    },
    async close() {
      await stopGateways();
      const end = await site.endNow();
      folder.remove();
      return end.code;
    },
  };
}

import { realWorld } from '../../../lib/base/real-world.ts';
import type { World } from '../../../lib/base/time.ts';
import type { Address } from '../../../lib/sip/address.ts';
import { openCalls } from './calls.ts';
import { type Board, type Channel, newCore, type Settings } from './channel.ts';
import { type Faults, noFaults } from './faults.ts';
import { openInboundDoor } from './inbound-door.ts';
import { openPulse } from './pulse.ts';

export type PeerOptions = {
  /** Of the event socket; port 0: any. */
  readonly events: Address;
  readonly secret: string;
  /** Carries SIP over UDP. */
  readonly sip: Address;
  /** Absent: that of SIP. */
  readonly mediaAddress?: string;
  /** Absent: `drachtio_mrf`. */
  readonly profile?: string;
  /** Where names of files begin that are no whole paths; absent: the current folder. */
  readonly soundsFolder?: string;
  /** Absent: 20 s. */
  readonly heartbeatMs?: number;
  /** Absent: 1000. */
  readonly sessionsMax?: number;
  /** Whether its offers have SRTP beside RTP, as FreeSWITCH's have by default; absent: yes. */
  readonly offersSecure?: boolean;
  /** Absent: the real one. */
  readonly world?: World;
};

/** A channel that is up. */
export type ChannelView = {
  readonly id: string;
  readonly callId: string;
  readonly userAgent: string;
  readonly bridgedWith: string | undefined;
  readonly isPlaying: boolean;
};

/** FreeSWITCH as far as drachtio-fsmrf can see it. */
export type FreeswitchPeer = {
  readonly events: Address;
  /** May be changed at any time. */
  readonly faults: Faults;
  channels(): readonly ChannelView[];
  /** Takes nothing and says nothing, and keeps its sockets open. */
  hang(): void;
  /** What has come meanwhile is served now. */
  goOn(): void;
  /** Cuts the connections of all clients of the event socket, those of calls stay. */
  dropClients(): void;
  /** Cuts the connection that the peer has opened for a channel. */
  dropSocketOf(channelId: string): void;
  close(): Promise<void>;
};

const HEARTBEAT_MS = 20_000;
const SESSIONS_MAX = 1000;

export async function openFreeswitchPeer(options: PeerOptions): Promise<FreeswitchPeer> {
  const { world = realWorld(), heartbeatMs = HEARTBEAT_MS } = options;
  const board: Board = {
    world,
    pulse: openPulse(),
    faults: noFaults(),
    core: newCore(options.sip.address),
    settings: settingsOf(options),
    channels: new Map(),
    listeners: new Set(),
  };
  const calls = await openCalls(board);
  const door = await openInboundDoor(board, options.events, heartbeatMs);
  return {
    events: door.at,
    faults: board.faults,
    channels: () => [...board.channels.values()].map(viewOf),
    hang: () => board.pulse.hang(),
    goOn: () => board.pulse.goOn(),
    dropClients: () => door.dropClients(),
    dropSocketOf: (id) => board.channels.get(id)?.listener?.cut(),
    async close() {
      board.pulse.goOn();
      await calls.close();
      for (const channel of board.channels.values()) drop(channel);
      board.channels.clear();
      await door.close();
    },
  };
}

function settingsOf(options: PeerOptions): Settings {
  const { secret, sip, mediaAddress = sip.address, profile = 'drachtio_mrf' } = options;
  const { soundsFolder = process.cwd(), sessionsMax = SESSIONS_MAX, offersSecure = true } = options;
  return { offersSecure, secret, sip, mediaAddress, profile, soundsFolder, sessionsMax };
}

function viewOf({ id, variables, bridgedWith, playing }: Channel): ChannelView {
  return {
    id,
    callId: variables.get('sip_call_id') ?? '',
    userAgent: variables.get('sip_user_agent') ?? '',
    bridgedWith: bridgedWith?.id,
    isPlaying: playing > 0,
  };
}

/** Without a word to anybody: the process has gone. */
function drop(channel: Channel): void {
  channel.hangupCause = 'MANAGER_REQUEST';
  channel.stage.stop('hangup', true);
  for (const recorder of channel.recorders.values()) recorder.close();
  channel.media.close();
  channel.listener?.cut();
}

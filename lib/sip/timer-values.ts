/** Estimate of the round-trip time. [3261-17.1.1.1] */
export const T1_MS = 500;
/** The longest pause between two sendings of anything but an INVITE. [3261-17.1.2.2] */
export const T2_MS = 4000;
/** How long a message can stay in the network. [3261-17.1.2.2] */
export const T4_MS = 5000;

/** How long a transaction goes on trying, or waits for what may still come. [3261-17.1.1.2] */
export const TRANSACTION_MS = 64 * T1_MS;

/** INVITE client: first pause before the INVITE goes out again; doubles. [3261-17.1.1.2] */
export const TIMER_A_MS = T1_MS;
/** INVITE client: gives up without any response. [3261-17.1.1.2] */
export const TIMER_B_MS = TRANSACTION_MS;
/** INVITE client: stays to acknowledge repeated refusals. [3261-17.1.1.2] */
export const TIMER_D_MS = 32_000;
/** Other client: first pause before sending again; doubles up to T2. [3261-17.1.2.2] */
export const TIMER_E_MS = T1_MS;
/** Other client: gives up. [3261-17.1.2.2] */
export const TIMER_F_MS = TRANSACTION_MS;
/** INVITE server: first pause before a refusal goes out again; doubles up to T2. [3261-17.2.1] */
export const TIMER_G_MS = T1_MS;
/** INVITE server: gives up waiting for the ACK of a refusal. [3261-17.2.1] */
export const TIMER_H_MS = TRANSACTION_MS;
/** INVITE server: stays to absorb repeated ACKs. [3261-17.2.1] */
export const TIMER_I_MS = T4_MS;
/** Other server: stays to repeat its response. [3261-17.2.2] */
export const TIMER_J_MS = TRANSACTION_MS;
/** Other client: stays to absorb repeated responses. [3261-17.1.2.2] */
export const TIMER_K_MS = T4_MS;
/** INVITE server after a 2xx: stays to absorb repeated INVITEs. [6026-7.1] */
export const TIMER_L_MS = TRANSACTION_MS;
/** INVITE client after a 2xx: stays for further 2xx of a forked INVITE. [6026-7.2] */
export const TIMER_M_MS = TRANSACTION_MS;

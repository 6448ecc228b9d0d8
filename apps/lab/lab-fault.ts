/** What can go wrong on the way, for the one line that the command says. */
export class LabFault extends Error {}

import { memoryFolder, type HostFolder } from '../host-folder.ts';
import type { MacAddress } from './ethernet.ts';
import type { OutsideLink } from './outside.ts';
import { Network, type NetworkPort, type Station } from './network.ts';

/** The network that a machine or a guest is on. */
export interface NetworkConfiguration {
  /** `user`: one of its own; `switch`: the same as everybody's who says so. Each has a gateway. */
  readonly kind: 'user' | 'switch';
  /** Its own hardware address; one is chosen where it is left out. */
  readonly mac?: MacAddress;
  /** What the gateway's web server shows, at port 80; of a switch, what the first says. */
  readonly web?: HostFolder;
  /** What the host has to do with it; of a switch, what the first says. */
  readonly outside?: OutsideLink;
}

/** A network card's place at a network. */
export interface NetworkCard {
  readonly mac: MacAddress;
  readonly port: NetworkPort;
}

/** QEMU's first hardware address; the next machines count on from it. */
const firstMac: MacAddress = 0x5254_0012_3456;

const welcome = memoryFolder({
  'index.html': '<!DOCTYPE html>\n<title>Strata</title>\n<p>This is the gateway.</p>\n',
});

/** Makes the networks that machines or guests ask for: for each of them its card, where it asks for one. */
export function createNetworks(
  askers: readonly { readonly name: string; readonly configuration: NetworkConfiguration | undefined }[],
): readonly (NetworkCard | undefined)[] {
  const cards = askers.map((): NetworkCard | undefined => undefined);
  const wishes = askers.flatMap(({ name, configuration }, index) =>
    configuration ? [{ index, configuration, name, mac: configuration.mac ?? firstMac + index }] : [],
  );
  const shared = wishes.filter(({ configuration }) => configuration.kind === 'switch');
  const own = wishes.filter(({ configuration }) => configuration.kind === 'user').map((wish) => [wish]);
  for (const members of [shared, ...own]) {
    const [first] = members;
    if (first === undefined) continue;
    const stations: readonly Station[] = members;
    const { web = welcome, outside } = first.configuration;
    const network = new Network({ stations, web, outside });
    members.forEach(({ index, mac }, at) => {
      const port = network.ports[at];
      if (port) cards[index] = { mac, port };
    });
  }
  return cards;
}

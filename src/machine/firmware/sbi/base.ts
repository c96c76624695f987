import { success, type SbiExtension } from './sbi.ts';

/** SBI 3.0: the major number in bits 30:24, the minor one below. */
const specificationVersion = 0x0300_0000n;
/** Not one of the registered implementations: "Stra" in ASCII. */
const implementation = 0x5374_7261n;
const implementationVersion = 1n;

/** SBI 4: what is there. */
export const base: SbiExtension = {
  id: 0x10,
  name: 'Base',
  legacy: false,
  functions: [
    {
      id: 0,
      name: 'sbi_get_spec_version',
      parameters: [],
      summary: 'Version of the SBI specification.',
      call: () => success(specificationVersion),
    },
    {
      id: 1,
      name: 'sbi_get_impl_id',
      parameters: [],
      summary: 'Which SBI implementation this is.',
      call: () => success(implementation),
    },
    {
      id: 2,
      name: 'sbi_get_impl_version',
      parameters: [],
      summary: 'Version of the SBI implementation.',
      call: () => success(implementationVersion),
    },
    {
      id: 3,
      name: 'sbi_probe_extension',
      parameters: ['extension_id'],
      summary: 'Is an extension available?',
      call: (_target, [id], extensions) =>
        success(extensions.some((extension) => BigInt(extension.id) === id) ? 1n : 0n),
    },
    {
      id: 4,
      name: 'sbi_get_mvendorid',
      parameters: [],
      summary: 'Value of the mvendorid CSR.',
      call: (target) => success(target.identification.vendor),
    },
    {
      id: 5,
      name: 'sbi_get_marchid',
      parameters: [],
      summary: 'Value of the marchid CSR.',
      call: (target) => success(target.identification.architecture),
    },
    {
      id: 6,
      name: 'sbi_get_mimpid',
      parameters: [],
      summary: 'Value of the mimpid CSR.',
      call: (target) => success(target.identification.implementation),
    },
  ],
};

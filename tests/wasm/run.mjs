// Runs a WASI program with the folders that its arguments name: run.mjs PROGRAM ARGUMENTS...
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { WASI } from 'node:wasi';

const [program, ...args] = process.argv.slice(2);
const preopens = {};
for (const path of args.filter((argument) => !argument.startsWith('-'))) {
    // Suites find forms in a folder beside their own.
    const around = resolve(dirname(resolve(path)));
    preopens[around] = around;
}
const wasi = new WASI({ version: 'preview1', args: ['conformance', ...args], env: {}, preopens });
const module = await WebAssembly.compile(await readFile(program));
const instance = await WebAssembly.instantiate(module, wasi.getImportObject());
process.exitCode = wasi.start(instance);

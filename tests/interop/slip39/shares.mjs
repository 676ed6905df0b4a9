// The other side of recovery shares: the module slip39. usage:
//   shares.mjs secret FILE...       the secret of the shares in the files, in hexadecimal
//   shares.mjs of-code              the secret of the recovery code on standard input
//   shares.mjs split DIR SECRET EXTENDABLE EXPONENT NEEDED GROUP...
//                                   shares of a secret; a GROUP is THRESHOLD/SHARES, of which NEEDED are needed
import { readFileSync, writeFileSync } from "node:fs";
import slip39 from "slip39";

const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

function ofCode(text) {
  let bits = 0n;
  for (const digit of text.replaceAll(/[-\s]/g, "")) bits = (bits << 5n) | BigInt(DIGITS.indexOf(digit));
  return (bits >> 24n).toString(16).padStart(64, "0"); // without the checksum
}

function split(directory, secret, extendable, exponent, needed, ...groups) {
  const set = slip39.fromArray([...Buffer.from(secret, "hex")], {
    passphrase: "",
    threshold: Number(needed),
    groups: groups.map((group) => group.split("/").map(Number)),
    iterationExponent: Number(exponent),
    extendableBackupFlag: Number(extendable),
  });
  groups.forEach((_, index) => {
    set.fromPath(`r/${index}`).mnemonics.forEach((words, member) => {
      writeFileSync(`${directory}/share-${index + 1}-${member + 1}`, `${words}\n`, { mode: 0o600 });
    });
  });
}

const [what, ...words] = process.argv.slice(2);
if (what === "secret") {
  const shares = words.map((file) => readFileSync(file, "utf8").trim());
  console.log(Buffer.from(slip39.recoverSecret(shares, "")).toString("hex"));
} else if (what === "of-code") {
  console.log(ofCode(readFileSync(0, "utf8")));
} else {
  split(...words);
}

#!/usr/bin/env bash
# What the linker made of a hardened build, by readelf. Usage: hardening.sh KMSCTL BUILD-FOLDER static|shared PROCESSOR
#
# No program of Debian 12 is marked for control-flow protection (IBT, SHSTK) as a whole: the C library's start files,
# libsodium.a, liblmdb.a and most of libcrypto.a carry no such note, and the linker keeps only what all have. So the
# note is asked of the objects that are compiled here; linked where the rest has it, the program has it.
set -u
kmsctl=$1 build=$2 linking=$3 processor=$4
export LC_ALL=C
fail() { echo "FAILED: $*"; exit 1; }
has() { grep -qE "$1" <<<"$2" || fail "$3"; }
lacks() { ! grep -qE "$1" <<<"$2" || fail "$3"; }

header=$(readelf -hW "$kmsctl") || fail "readelf cannot read $kmsctl"
segments=$(readelf -lW "$kmsctl") dynamic=$(readelf -dW "$kmsctl")
symbols=$(readelf --dyn-syms -W "$kmsctl")
has 'Type: +DYN' "$header" "at a fixed address"
has 'FLAGS_1.* PIE' "$dynamic" "no position-independent executable"
has 'FLAGS_1.* NOW' "$dynamic" "functions are bound late (BIND_NOW)"
has 'GNU_RELRO' "$segments" "relocated tables stay writable (RELRO)"
has 'GNU_STACK .* RW +0x' "$segments" "an executable stack"
lacks 'LOAD .* (RWE| WE) ' "$segments" "a segment is both writable and executable"
lacks 'TEXTREL' "$dynamic" "relocations in code"
has ' __stack_chk_fail@' "$symbols" "no stack protector"
has ' __[a-z]+_chk@' "$symbols" "no checked functions (_FORTIFY_SOURCE)"

for library in libssl libcrypto libsodium liblmdb libyaml-0 libz libstdcpp; do
  if [ "$linking" = shared ]; then
    has "NEEDED.*\[$library\." "${dynamic//+/p}" "$library is not shared"
  else
    lacks "NEEDED.*\[$library\." "${dynamic//+/p}" "$library is shared"
  fi
done

if [ "$processor" = x86_64 ]; then
  for library in "$build"/libkmsctl_*.a; do
    notes=$(readelf -nW "$library") || fail "readelf cannot read $library"
    unmarked=$(awk '
      /^File: / { if (name != "" && !marked) print name; name = $2; marked = 0 }
      /x86 feature: .*IBT.*SHSTK/ { marked = 1 }
      END { if (name != "" && !marked) print name }' <<<"$notes")
    [ -z "$unmarked" ] || fail "not marked for control-flow protection: $unmarked"
  done
fi

commands=$(grep '"command":' "$build/compile_commands.json" | grep -E '/(core|formats|vault|cli)/[^ ]*\.cc"')
[ -n "$commands" ] || fail "no commands of the compiler in $build"
for flag in -fPIE -D_FORTIFY_SOURCE=3 -fstack-protector-strong -ftrivial-auto-var-init=zero -fstack-clash-protection; do
  without=$(grep -vF -e " $flag " <<<"$commands")
  [ -z "$without" ] || fail "compiled without $flag: ${without##* }"
done
echo "hardened, $linking"

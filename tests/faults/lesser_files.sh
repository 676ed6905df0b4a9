# Outputs on file systems that can less, without /proc, and when a signal comes.
# usage: lesser_files.sh KMSCTL LIBRARY
library=$2
. "$(dirname "$0")/../cli/support.sh"
new_vault
expect 0 kmsctl create-key --alias alias/app
echo plain >plain
lacking() { # LETTERS COMMAND...
  local letters=$1
  shift
  env LD_PRELOAD="$library" KMSCTL_LACKS="$letters" "$@"
}
nothing_left() {
  ls -A | grep -q '^\.kmsctl-' && fail "$1: a temporary file is left: $(ls -A)"
  return 0
}

for letters in t tf tfl p pf pfl; do
  rm -f plain.kms
  expect 0 lacking $letters kmsctl encrypt-file -k alias/app plain
  expect 0 lacking $letters kmsctl decrypt-file -o - plain.kms
  cmp -s out plain || fail "$letters: another plaintext"
  cp plain.kms before
  expect 11 lacking $letters kmsctl encrypt-file -k alias/app plain
  grep -q 'plain.kms: the file exists; --force replaces it' err || fail "$letters: an existing file"
  cmp -s before plain.kms || fail "$letters: an existing file was changed"
  expect 0 lacking $letters kmsctl encrypt-file --force -k alias/app plain
  expect 11 lacking $letters kmsctl slot add --generate-keyfile before
  expect 6 lacking $letters kmsctl decrypt-file -c no=such -o never plain.kms
  [ ! -e never ] || fail "$letters: the output of a failure"
  nothing_left $letters
done

# A directory that one may put files into and not look into.
mkdir drop
expect 0 lacking d kmsctl encrypt-file -k alias/app plain -o drop/x.kms
[ -s drop/x.kms ] || fail "nothing in a directory that cannot be read"

# Plaintext does not stay behind where a signal ends the command.
yes SECRET | head -c 3000000 >big
expect 0 kmsctl encrypt-file -k alias/app big
for signal in TERM INT HUP; do
  mkfifo in
  (LD_PRELOAD="$library" KMSCTL_LACKS=t exec env --default-signal=INT kmsctl decrypt-file - -o never <in >out 2>err) &
  pid=$!
  exec 7>in
  head -c 2900000 big.kms >&7
  for _ in $(seq 100); do
    ls -A | grep -q '^\.kmsctl-' && break
    sleep 0.05
  done
  ls -A | grep -q '^\.kmsctl-' || fail "there is no temporary file to look at"
  kill -s $signal $pid
  wait $pid
  code=$?
  exec 7>&-
  [ $code -eq $((128 + $(kill -l $signal))) ] || fail "$signal: exit code $code"
  nothing_left $signal
  [ ! -e never ] || fail "$signal: half an output"
  rm in
done
exit 0

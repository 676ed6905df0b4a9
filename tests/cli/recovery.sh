# A recovery code in shares: what is typed at a terminal, and what passes from command to command.
here=$(cd "$(dirname "$0")" && pwd)
. "$(dirname "$0")/support.sh"
new_vault
export TERM=xterm NO_COLOR=1
typed() { # OUTCOME [QUESTION ANSWER]... -- COMMAND...: see typist.py
  local wanted=$1 outcome
  shift
  outcome=$(python3 "$here/typist.py" seen "$@" 2>err) || fail "$*: $(cat err)"
  [ "$outcome" = "$wanted" ] || { cat -v seen; fail "$*: $outcome, not $wanted"; }
}
shows() { grep -qF -e "$1" seen || { cat -v seen; fail "the terminal does not show: $1"; }; }
hides() { ! grep -qF -e "$1" seen || { cat -v seen; fail "the terminal shows: $1"; }; }
four() { sed -E 's/([a-z]{4})[a-z]*/\1/g' "$1"; } # letters of each word

expect 0 kmsctl recovery split --shares 5 --threshold 3 --out-dir shares
expect 0 env -u KMSCTL_KEYFILE kmsctl recovery combine shares/share-1 shares/share-3 shares/share-5 --check
grep -q "^The shares open the vault $KMSCTL_VAULT as arn:aws:iam::111122223333:root (slot " out || fail "$(cat out)"
[ "$(stat -c %a shares shares/share-1 | tr '\n' ' ')" = '700 600 ' ] || fail "others can read shares"

# The code passes to whatever unlocks, and stands in no list of processes and no file.
unset KMSCTL_KEYFILE
printf 'battery staple\n' >pass.txt && chmod 600 pass.txt || exit 1
kmsctl recovery combine shares/share-2 shares/share-3 shares/share-4 | kmsctl --passphrase-fd 0 whoami >out || fail "whoami"
kmsctl recovery combine shares/share-2 shares/share-3 shares/share-4 |
  kmsctl --passphrase-fd 0 slot add --new-passphrase-file pass.txt >out || fail "slot add"
expect 0 kmsctl --passphrase-file pass.txt whoami
mkfifo pipe && { cat shares/share-5 >pipe & }
expect 0 kmsctl recovery combine shares/share-1 shares/share-3 pipe --check
kmsctl recovery combine shares/share-[135] | kmsctl recovery split --shares 2 --threshold 2 --code-file - --out-dir two >out ||
  fail "split of a code on standard input"
expect 0 kmsctl recovery combine two/share-1 two/share-2 --check
cat shares/share-[125] | kmsctl recovery combine - --check >out || fail "several shares on standard input"

# Typed: the words that are typed are all that is seen, and each share is answered at once.
first='share 1, word 1 of 33: ' second='share 2 of 3, word 1 of 33: ' third='share 3 of 3, word 1 of 33: '
answered() { printf '%s\r\n\r\e[K%s' "$1" "$2"; } # what is said, and the question behind it
typed 'exit 0' "$first" "$(cat shares/share-4)" "$second" "$(four shares/share-1)" "$third" "$(four shares/share-2)" \
  -- kmsctl recovery combine --check
shows 'Share 1 of 3 read.'
shows 'Share 3 of 3 read.'
shows 'The shares open the vault'
set -- $(cat shares/share-1)
shows "word 1 of 33: $1"
shows "word 33 of 33: ${33}"
hides "$1 $2" # no two words at a time
wrong="${*:1:6} zero ${*:8}"
[ "$7" != zero ] || wrong="${*:1:6} yoga ${*:8}"
typed 'exit 8' "$first" "$(cat shares/share-4)" "$second" "$wrong" "$(answered 'return ends.' "$second")" "      $7" \
  "$(answered 'Share 2 of 3 read.' "$third")" "$(cat shares/share-1)" "$(answered 'take another one.' "$third")" "$(cat shares/share-5)" \
  -- bash -c "KMSCTL_VAULT=$work/second kmsctl init --generate-keyfile second.key --no-recovery-code >/dev/null &&
    KMSCTL_VAULT=$work/second kmsctl recovery combine --check"
shows 'word 7 looks wrong. Here are the words again'
shows 'That one is the same share as share 2'
shows 'open no slot of the vault'
typed 'signal 2' "$first" "$(cat shares/share-4)" "$second" ^C -- kmsctl recovery combine --check
typed 'exit 2' "$first" $'acid \x04' -- kmsctl recovery combine --check
# The code goes where the command line says, also while somebody types.
typed 'exit 0' "$first" "$(cat shares/share-4)" "$second" "$(cat shares/share-1)" "$third" "$(cat shares/share-2)" \
  -- bash -c 'kmsctl recovery combine | kmsctl --passphrase-fd 0 whoami'
shows '"Principal": "arn:aws:iam::111122223333:root"'
typed 'exit 0' "$first" "$(cat shares/share-4)" "$second" "$(cat shares/share-1)" "$third" "$(cat shares/share-2)" \
  'New passphrase: ' 'another horse' 'The same again: ' 'another horse' \
  -- bash -c 'kmsctl recovery combine | kmsctl passphrase change --passphrase-fd 0'
expect 8 kmsctl --passphrase-file pass.txt whoami
printf 'another horse\n' >pass.txt
expect 0 kmsctl --passphrase-file pass.txt whoami
typed 'exit 0' "$first" "$(cat shares/share-4)" "$second" "$(cat shares/share-1)" "$third" "$(cat shares/share-2)" \
  -- kmsctl recovery combine -o code
expect 0 kmsctl --passphrase-file code whoami
hides "$(cat code)"
typed 'exit 2' -- kmsctl recovery combine shares/share-1 shares/share-2 shares/share-3
shows '--show prints it at a terminal'
# Where the terminal cannot go back on its line, shares are lines.
export TERM=dumb
typed 'exit 0' 'share 1: ' "$(cat shares/share-4)" 'share 2 of 3: ' 'no share' $'Once more.\r\nshare 2 of 3: ' "$(cat shares/share-1)" \
  'share 3 of 3: ' "$(cat shares/share-2)" -- kmsctl recovery combine --check
hides "$1"
export TERM=xterm

# Shown: one share after the other, and none of them stays on the screen.
key='The return key, once they are written down'
typed 'exit 0' "$key" '' "$key" '' -- kmsctl --passphrase-file pass.txt recovery split --shares 2 --threshold 2
shows 'Share 2 of 2. Whoever keeps it writes down these 33 words, in this order:'
[ "$(grep -cF $'\e[H\e[2J\e[3J' seen)" = 2 ] || fail "shares stay on the screen: $(cat -v seen)"
python3 - seen <<'END' >words || fail "the words on the screen"
import re, sys
screen = open(sys.argv[1]).read()
for share in re.findall(r"in this order:(.*?)The return key", screen, re.S):
    words = {int(number): word for number, word in re.findall(r"([0-9]+) ([a-z]+)", share)}
    print(" ".join(words[number] for number in range(1, 34)))
END
expect 0 kmsctl recovery combine words --check
# Who goes away meanwhile has made nothing.
expect 0 kmsctl --passphrase-file pass.txt slot list --query 'length(Slots)'
slots=$(cat out)
typed 'signal 2' "$key" '' "$key" ^C -- kmsctl --passphrase-file pass.txt recovery split --shares 3 --threshold 2
expect 0 kmsctl --passphrase-file pass.txt slot list --query 'length(Slots)'
[ "$(cat out)" = "$slots" ] || fail "a slot of shares that nobody has"
typed 'exit 0' 'New passphrase' 'correct horse' 'The same again' 'correct horse' "$key" '' "$key" '' \
  -- kmsctl --vault third init --recovery-shares 2/2
shows 'You have seen 2 shares: all 2 of them together open the vault.'
hides 'Recovery code'

# A share that was changed anywhere opens nothing.
for word in 1 2 5 17 31 33; do
  for other in academic zero; do
    awk -v at=$word -v other=$other '{$at = other; print}' shares/share-1 >changed
    cmp -s changed shares/share-1 && continue
    expect 6 kmsctl recovery combine changed shares/share-2 shares/share-3 --check
    grep -q "changed: the checksum of the words does not fit: word $word looks wrong" err || fail "$word: $(cat err)"
  done
done
exit 0

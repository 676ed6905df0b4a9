// What shells ask when somebody presses TAB, where no agent runs.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/time.h>

#include <string>
#include <vector>

#include "cli/completion_stubs.h"
#include "tests/unit/cli/commands/service_command_line.h"

using kms::test::Folder;
using kms::test::ServiceCommandLine;

namespace {

// `complete` ends its process when an agent takes too long: not that of the tests.
class AlarmHeldBack {
 public:
  AlarmHeldBack() { change_mask(SIG_BLOCK); }
  ~AlarmHeldBack() {
    const itimerval none{};
    setitimer(ITIMER_REAL, &none, nullptr);
    signal(SIGALRM, SIG_IGN);  // one that is due already is gone by this
    signal(SIGALRM, SIG_DFL);
    change_mask(SIG_UNBLOCK);
  }
  AlarmHeldBack(const AlarmHeldBack&) = delete;
  AlarmHeldBack& operator=(const AlarmHeldBack&) = delete;
  AlarmHeldBack(AlarmHeldBack&&) = delete;
  AlarmHeldBack& operator=(AlarmHeldBack&&) = delete;

 private:
  static void change_mask(int how) {
    sigset_t alarm;
    sigemptyset(&alarm);
    sigaddset(&alarm, SIGALRM);
    pthread_sigmask(how, &alarm, nullptr);
  }
};

// The answer to a shell; the words are those of the line, up to the cursor.
std::string completed_in_shell(ServiceCommandLine& line, const char* shell, const std::vector<std::string>& words) {
  std::vector<std::string> all{"complete", shell, "--"};
  all.insert(all.end(), words.begin(), words.end());
  const AlarmHeldBack held;
  CHECK(line.run(all) == 0);
  CHECK(line.err.empty());
  return line.out;
}

}  // namespace

TEST_SUITE("cli/completion commands") {
  TEST_CASE("each shell is told the commands that begin so, and what they are for where it shows that") {
    ServiceCommandLine line;
    CHECK(completed_in_shell(line, "bash", {"kmsctl enc"}) == "encapsulate\nencrypt\nencrypt-file\n");
    const std::string zsh = completed_in_shell(line, "zsh", {"kmsctl", "encrypt-f"});
    CHECK(zsh.starts_with("encrypt-file:"));
    const std::string fish = completed_in_shell(line, "fish", {"kmsctl", "encrypt-f"});
    CHECK(fish.starts_with("encrypt-file\t"));
    CHECK(fish.size() == zsh.size());
    CHECK(fish.size() > std::string("encrypt-file\t\n").size());
  }

  TEST_CASE("options are known, those of the command and those of all") {
    ServiceCommandLine line;
    CHECK(completed_in_shell(line, "bash", {"kmsctl init --no-rec"}) == "--no-recovery-code\n");
    CHECK(completed_in_shell(line, "bash", {"kmsctl init --vau"}) == "--vault\n");
    CHECK(completed_in_shell(line, "bash", {"kmsctl status --no-rec"}).empty());
    CHECK(completed_in_shell(line, "fish", {"kmsctl", "completion", "z"}).starts_with("zsh"));
  }

  TEST_CASE("files are left to the shell, and actions need no vault") {
    ServiceCommandLine line;
    CHECK(completed_in_shell(line, "bash", {"kmsctl init --recovery-code-file "}) == ":files\n");
    CHECK(completed_in_shell(line, "zsh", {"kmsctl", "--vault", ""}) == ":directories\n");
    CHECK(completed_in_shell(line, "zsh", {"kmsctl", "policy", "explain", "--action", "kms:Decr"}).find("Decrypt") !=
          std::string::npos);
  }

  TEST_CASE("names that only a vault knows are nobody's where no agent has it open, and nobody is asked for anything") {
    ServiceCommandLine line;
    line.make_vault();
    line.environment.set("KMSCTL_KEYFILE", "owner.key");
    line.json({"create-key", "--alias", "alias/app"});
    line.environment.unset("KMSCTL_KEYFILE");
    line.terminal.there = true;
    const auto before = Folder::files();
    for (const char* shell : {"zsh", "fish"}) {
      CHECK(completed_in_shell(line, shell, {"kmsctl", "encrypt", "--key-id", ""}).empty());
      CHECK(completed_in_shell(line, shell, {"kmsctl", "alias", "delete", "al"}).empty());
      CHECK(completed_in_shell(line, shell, {"kmsctl", "principal", "show", ""}).empty());
      CHECK(completed_in_shell(line, shell, {"kmsctl", "--region", ""}).empty());
    }
    CHECK(completed_in_shell(line, "bash", {"kmsctl --vault none encrypt --key-id "}).empty());
    CHECK(completed_in_shell(line, "bash", {"kmsctl --keyfile owner.key encrypt --key-id "}).empty());
    CHECK(line.terminal.labels.empty());
    CHECK(Folder::files() == before);
  }

  TEST_CASE("a line that nobody has begun has nothing to complete") {
    ServiceCommandLine line;
    CHECK(line.run({"complete", "zsh"}) == 0);
    CHECK(line.out.empty());
    CHECK(completed_in_shell(line, "bash", {"kmsctl status no"}).empty());
  }

  TEST_CASE("each shell has its script, which asks for that shell") {
    ServiceCommandLine line;
    for (const char* shell : {"bash", "zsh", "fish"}) {
      CHECK(line.run({"completion", shell}) == 0);
      CHECK(line.out == kms::cli::completion_stub(shell));
      CHECK(line.out.find(std::string("kmsctl complete ") + shell + " --") != std::string::npos);
    }
  }

  TEST_CASE("a shell that is none of the three is named, with those that are") {
    ServiceCommandLine line;
    CHECK(line.run({"completion", "tcsh"}) == 2);
    CHECK(line.says("'tcsh': one of bash, zsh, fish"));
    CHECK(line.run({"completion"}) == 2);
    CHECK(line.says("required: shell"));
    CHECK(line.run({"complete", "tcsh", "--", "kmsctl", "k"}) == 2);
    CHECK(line.says("there is no completion for 'tcsh': for bash, zsh and fish"));
    CHECK(line.out.empty());
  }
}

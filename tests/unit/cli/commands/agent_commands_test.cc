// Agents, where none runs: what is said then, and what is refused before one starts.
#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/text.h"
#include "tests/unit/cli/commands/service_command_line.h"

using kms::cat;
using kms::test::Folder;
using kms::test::ServiceCommandLine;

namespace {

using AgentWords = std::vector<std::string>;

// In a place where no agent can listen: what a test expects to be refused starts nothing when it is not.
void check_agent_refused(ServiceCommandLine& line, const AgentWords& command, const AgentWords& more, int status,
                         std::string_view why) {
  Folder::write("taken", "no socket");
  AgentWords words = command;
  words.insert(words.end(), {"--socket", "taken"});
  words.insert(words.end(), more.begin(), more.end());
  const int ended = line.run(words);
  CAPTURE(line.typed);
  CAPTURE(line.err);
  CHECK(ended == status);
  CHECK(line.says(why));
  CHECK(line.out.empty());
}

}  // namespace

TEST_SUITE("cli/agent commands") {
  TEST_CASE("where no agent runs there is nothing to lock") {
    ServiceCommandLine line;
    line.make_vault();
    CHECK(line.run({"lock"}) == 0);
    CHECK(line.out.starts_with(cat("No agent listens at ", line.place, "/kmsctl/agent-")));
    CHECK(line.out.ends_with(".sock: there is nothing to lock.\n"));
    CHECK(line.run({"lock", "--socket", "elsewhere.sock"}) == 0);
    CHECK(line.out == "No agent listens at elsewhere.sock: there is nothing to lock.\n");
    CHECK(!Folder::has("kmsctl"));
  }

  TEST_CASE("a vault that is misspelt is not taken for a locked one") {
    ServiceCommandLine line;
    CHECK(line.run({"lock", "--vault", "vualt"}) == 3);
    CHECK(line.says("there is no vault at vualt"));
    for (const AgentWords& command : {AgentWords{"unlock"}, {"agent", "start"}}) {
      check_agent_refused(line, command, {"--vault", "vualt"}, 3, "there is no vault at vualt");
    }
  }

  TEST_CASE("what needs an agent says where none listens, and how one is started") {
    ServiceCommandLine line;
    line.make_vault();
    for (const AgentWords& command :
         {AgentWords{"agent", "status"}, {"agent", "stop"}, {"agent", "reload"}, {"metrics"}}) {
      CHECK(line.run(command) == 7);
      CAPTURE(line.typed);
      CHECK(line.says(cat("no agent listens at ", line.place, "/kmsctl/agent-")));
      CHECK(line.says("start one with: kmsctl unlock"));
      AgentWords words = command;
      words.insert(words.end(), {"--socket", "elsewhere.sock"});
      CHECK(line.run(words) == 7);
      CHECK(line.says("no agent listens at elsewhere.sock"));
      CHECK(line.out.empty());
    }
  }

  TEST_CASE("the agent that the environment names is meant") {
    ServiceCommandLine line;
    line.make_vault();
    line.environment.set("KMSCTL_AGENT", "named.sock");
    CHECK(line.run({"agent", "status"}) == 7);
    CHECK(line.says("no agent listens at named.sock"));
    CHECK(line.run({"list-keys"}) == 11);
    CHECK(line.says("named.sock: no agent listens there"));
    CHECK(line.run({"list-keys", "--keyfile", "owner.key"}) == 0);
  }

  TEST_CASE("without a folder for sockets one is to be named") {
    ServiceCommandLine line;
    line.make_vault();
    line.environment.unset("XDG_RUNTIME_DIR");
    for (const AgentWords& command :
         {AgentWords{"unlock"}, {"lock"}, {"agent", "start"}, {"agent", "status"}, {"agent", "stop"}, {"metrics"}}) {
      CHECK(line.run(command) == 2);
      CAPTURE(line.typed);
      CHECK(line.says("there is no XDG_RUNTIME_DIR to keep a socket in: give --socket, or set KMSCTL_AGENT"));
    }
    CHECK(line.run({"list-keys", "--keyfile", "owner.key"}) == 0);
  }

  TEST_CASE("an agent that could not listen as it is told is not started") {
    ServiceCommandLine line;
    line.make_vault();
    const AgentWords tls{"--listen", "127.0.0.1:0", "--tls-cert", "chain.pem"};
    for (const AgentWords& command : {AgentWords{"agent", "run"}, {"agent", "start"}, {"unlock"}}) {
      const auto refused = [&](const AgentWords& more, std::string_view why) {
        check_agent_refused(line, command, more, 2, why);
      };
      refused(tls, "--tls-cert and --tls-key belong together");
      refused({"--listen", "127.0.0.1:0", "--tls-key", "key.pem"}, "--tls-cert and --tls-key belong together");
      refused({"--tls-cert", "chain.pem", "--tls-key", "key.pem"}, "--tls-cert requires --listen");
      refused({"--host", "kms.example"}, "--host requires --listen");
      for (const char* text : {"8099", "127.0.0.1:", "127.0.0.1:65536", "localhost:http", "kms.example:80", ":80"}) {
        refused({"--listen", text}, cat("--listen '", text, "': an address has the form 127.0.0.1:PORT or [::1]:PORT"));
      }
      refused({"--listen", "0.0.0.0:80"}, "--listen 0.0.0.0:80: requests would cross the network in the clear");
      refused({"--listen", "[::]:80"}, "give --tls-cert and --tls-key");
      for (const char* text : {"soon", "0", "-1", "15x", "1.5h"}) {
        refused({"--idle-timeout", text}, cat("--idle-timeout '", text, "': no duration: as 15m, 1h or 900"));
      }
    }
    CHECK(Folder::read("taken") == "no socket");
  }

  TEST_CASE("a socket is for its owner, a group or all, and nobody else") {
    ServiceCommandLine line;
    line.make_vault();
    check_agent_refused(line, {"agent", "run"}, {"--socket-mode", "0644"}, 2, "'0644': one of 0600, 0660, 0666");
    check_agent_refused(line, {"agent", "run"}, {"--socket-mode", "rw"}, 2, "'rw': one of 0600, 0660, 0666");
    check_agent_refused(line, {"agent", "run"}, {"--metrics-listen", "9464"}, 2, "--metrics-listen '9464': an address");
    check_agent_refused(line, {"agent", "run"}, {"--metrics-principals"}, 2, "requires --metrics-listen");
    check_agent_refused(line, {"agent", "start"}, {"--socket-mode", "0600"}, 2, "unknown option '--socket-mode'");
  }

  TEST_CASE("what stands where the socket is to be stays") {
    ServiceCommandLine line;
    line.make_vault();
    check_agent_refused(line, {"agent", "start"}, {}, 11, "taken exists, and is no socket");
    check_agent_refused(line, {"unlock"}, {"--keyfile", "owner.key"}, 11, "taken exists, and is no socket");
    CHECK(Folder::read("taken") == "no socket");
    CHECK(line.run({"agent", "start", "--socket", "taken/agent.sock"}) == 11);
    CHECK(line.says("taken/agent.sock: Not a directory"));
    const std::string path(108, 's');
    CHECK(line.run({"agent", "start", "--socket", path}) == 2);
    CHECK(line.says("cannot be the path of a socket: it has up to 107 bytes"));
  }

  TEST_CASE("a folder that others can write to is no place for a socket") {
    ServiceCommandLine line;
    line.make_vault();
    std::filesystem::create_directory("open");
    std::filesystem::permissions("open", std::filesystem::perms::all);
    Folder::write("open/agent.sock", "no socket");
    line.terminal.there = true;
    CHECK(line.run({"unlock", "--socket", "open/agent.sock"}) == 11);
    CHECK(line.says("open"));
    CHECK(line.terminal.labels.empty());  // nobody is asked for a passphrase in vain
  }

  TEST_CASE("nobody unlocks without a credential that can be one") {
    ServiceCommandLine line;
    line.make_vault();
    Folder::write("odd.key", "no keyfile");
    Folder::write("empty", "\n");
    check_agent_refused(line, {"unlock"}, {}, 7, "the vault " + line.vault() + " is locked: kmsctl unlock opens it");
    check_agent_refused(line, {"unlock"}, {"--keyfile", "odd.key"}, 2, "odd.key: no intact keyfile");
    check_agent_refused(line, {"unlock"}, {"--keyfile", "none.key"}, 11, "none.key: No such file or directory");
    check_agent_refused(line, {"unlock"}, {"--passphrase-file", "empty"}, 2, "empty: the passphrase is empty");
    std::filesystem::permissions("owner.key", std::filesystem::perms(0644));
    check_agent_refused(line, {"unlock"}, {"--keyfile", "owner.key"}, 11, "others can read this file (chmod 600 it)");
  }

  TEST_CASE("an agent that nobody could trust is not asked for") {
    ServiceCommandLine line;
    line.make_vault();
    CHECK(line.run({"agent", "status", "--agent-uid", "no-such-user"}) == 2);
    CHECK(line.says("no-such-user"));
  }
}

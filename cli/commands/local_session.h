#pragma once
// The session of one process that unlocks the vault itself, as the principal of the slot that opened it.
#include <memory>
#include <ostream>
#include <string>
#include <string_view>

#include "cli/session.h"
#include "cli/terminal.h"
#include "core/base/clock.h"
#include "core/base/random.h"
#include "core/service/authorization.h"
#include "core/service/context.h"
#include "core/service/lifecycle.h"
#include "vault/vault.h"

namespace kms::cli {

class LocalSession final : public Session {
 public:
  // All of them outlive the session. `options` may change until the first call.
  LocalSession(const GlobalOptions& options, std::ostream& out, Terminal& terminal);

  Json call(std::string_view operation, Json request) override;
  // The same, on behalf of a built-in service: file, signing.
  Json call_through(std::string_view service, std::string_view operation, Json request);
  UpkeepReport keep_up(UpkeepMode mode);
  const GlobalOptions& options() const override { return options_; }
  std::ostream& out() override { return out_; }

  Terminal& terminal() { return terminal_; }
  Random& random() { return random_; }
  const Clock& clock() const { return clock_; }

  vault::Vault& vault() { return unlock(true); }
  vault::Vault& unlock(bool allow_prompt);  // on first use
  const AccountRegion& home() const { return caller_.home; }
  const std::string& principal() const { return caller_.principal; }
  void close() { vault_.reset(); }  // before another program takes over

 private:
  Context context();
  void become_caller(const Transaction& transaction, const std::string& principal);
  void resume_session(const Transaction& transaction, const std::string& token);
  void assume(const std::string& role);
  const GlobalOptions& options_;
  std::ostream& out_;
  Terminal& terminal_;
  SystemRandom random_;
  SystemClock clock_;
  PolicyAuthorizer authorizer_;
  StoredAudit audit_;
  Caller caller_;
  std::unique_ptr<vault::Vault> vault_;
};

// Holds the session token of the role that commands act as.
inline constexpr const char* kSessionVariable = "KMSCTL_SESSION_TOKEN";
// What the policies are worth when the process opened the vault itself.
inline constexpr const char* kMode = "advisory (in-process)";
inline constexpr std::string_view kUserAgent = "kmsctl/" KMSCTL_VERSION;

}  // namespace kms::cli

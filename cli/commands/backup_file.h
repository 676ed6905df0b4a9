#pragma once
// Backups as commands read them: a file, the credential that opens it, and a service over what it holds.
#include <memory>
#include <string>

#include "cli/no_session.h"
#include "cli/session.h"
#include "core/service/authorization.h"
#include "core/service/context.h"
#include "vault/local/unpacked_backup.h"

namespace kms::cli {

struct OpenedBackupFile {
  std::unique_ptr<vault::UnpackedBackup> backup;
  vault::Credential credential;
};

// `target` as of vault::unpack_backup(). The credential is named and asked for as that of a vault. Throws as both.
OpenedBackupFile open_backup_file(Session& session, const std::string& path, const std::string& target);
// For who restores nothing: below $TMPDIR, else /var/tmp or /tmp.
std::string scratch_target(Session& session);

// What is wrong with the vault in it: a sentence each.
struct BackupFindings {
  CheckReport report;
  std::vector<std::string> problems;
};
BackupFindings verify_backup(Session& session, vault::UnpackedBackup& backup);

// Nothing falls due in a copy.
class NoUpkeep final : public Upkeep {
 public:
  bool is_due(const Transaction& /*transaction*/, Time /*now*/) const override { return false; }
  void do_what_is_due(const Context& /*context*/) const override {}
  void provide_managed_key(const Context& /*context*/, const Caller& /*caller*/,
                           std::string_view /*reference*/) const override {}
};

// The service over the copy, as its owner: what it writes goes with the copy. For commands that show what a vault has.
// Belongs to one thread; both outlive it.
class BackupSession final : public NoSession {
 public:
  BackupSession(Session& session, vault::UnpackedBackup& backup) : session_(session), backup_(backup) {}
  // For what changes the copy without a call.
  Context context();
  std::string owner();  // ARN of the root of its account

  Json call(std::string_view operation, Json request) override;
  Json call_through(std::string_view service, std::string_view operation, Json request) override;
  Json call_in(const std::string& region, std::string_view service, std::string_view operation, Json request) override;
  const AccountRegion& home() override;
  const GlobalOptions& options() const override { return session_.options(); }
  std::ostream& out() override { return session_.out(); }
  std::ostream& err() override { return session_.err(); }
  Terminal& terminal() override { return session_.terminal(); }
  Random& random() override { return session_.random(); }
  const Clock& clock() const override { return session_.clock(); }

 private:
  Session& session_;
  vault::UnpackedBackup& backup_;
  const PolicyAuthorizer authorizer_;
  AuditRecorder audit_;
  const NoUpkeep upkeep_;
  AccountRegion home_;
};

}  // namespace kms::cli

#include "core/ops/vault/backups.h"

#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/service/operation.h"
#include "core/service/response.h"
#include "core/store/backups.h"
#include "core/store/vault_care.h"

namespace kms {
namespace {

constexpr std::size_t kBackupPiece = std::size_t{1} << 20U;

BackupMaker& require_maker(const Context& context) {
  auto* const maker = dynamic_cast<BackupMaker*>(context.care);
  if (maker == nullptr) throw Error(ErrorCode::kUnsupportedOperation, "this store has no backups");
  return *maker;
}

// A piece of what an event tells of already is nothing new to the trail.
BackupMaker& maker_of(Call& call) {
  call.saw_nothing_new = true;
  return require_maker(call.context);
}

BackupSlots slots_of(const BackupVaultRequest& request) {
  const bool own = !request.passphrase.empty() || !request.recovery_code.empty() || !request.recipients.empty();
  return {request.keep_vault_slots || !own, SecretBytes::copy_of(request.passphrase),
          SecretBytes::copy_of(request.recovery_code), request.recipients};
}

}  // namespace

BackupVaultResponse backup_vault(Call& call, const BackupVaultRequest& request) {
  BackupMaker& maker = require_maker(call.context);
  const std::string owner = call.caller.principal;
  const auto made = call.outside.elsewhere<BackupFigures>("backup", [&maker, &request, owner, now = call.now()] {
    return maker.make_backup(slots_of(request), owner, now);
  });
  if (!made) return {};
  call.outside.take_back_by([&maker, owner, id = made->id] { maker.end_backup(id, owner); });
  *call.event.additional_data = {{"bytes", made->bytes}, {"sequence", made->sequence}, {"records", made->records}};
  return {made->id, static_cast<std::int64_t>(made->bytes), static_cast<std::int64_t>(made->sequence),
          static_cast<std::int64_t>(made->records), static_cast<std::int64_t>(made->segments)};
}

ReadBackupResponse read_backup(Call& call, const ReadBackupRequest& request) {
  return {maker_of(call).read_backup(request.backup_id, call.caller.principal,
                                     static_cast<std::uint64_t>(request.offset), kBackupPiece, call.now())};
}

EmptyResponse end_backup(Call& call, const EndBackupRequest& request) {
  maker_of(call).end_backup(request.backup_id, call.caller.principal);
  return {};
}

}  // namespace kms

#pragma once
// The directory of a vault in the making: beside where it will be, until all of it is on the disk. Internal to vault/.
#include <optional>
#include <string>
#include <vector>

#include "core/base/random.h"
#include "vault/local/directory.h"
#include "vault/sealed/slot_table.h"

namespace kms::vault {

// Where the vault is to be, without a slash behind. AlreadyExistsException when something is there.
std::string new_vault_path(const std::string& path);
void make_parents(const std::string& path);  // the directories above it that are missing

// Taken away with its files unless it was given its name. FileException.
class Workshop {
 public:
  // `target` is as new_vault_path() answered.
  Workshop(const std::string& target, Random& random);
  ~Workshop();
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;
  Workshop(Workshop&&) = delete;
  Workshop& operator=(Workshop&&) = delete;

  const Directory& directory() const { return *made_; }
  const std::string& path() const { return path_; }

  // Durable when it returns. AlreadyExistsException when something is there by now.
  void give_name(const std::string& target);

 private:
  std::string path_;
  std::optional<Directory> made_;
};

// vault.hdr, and the other files that LMDB opens by name, empty.
void write_first_header(const Directory& directory, const Keys& keys, const std::vector<SlotRecord>& slots,
                        Random& random);
void make_first_files(const Directory& directory);

}  // namespace kms::vault

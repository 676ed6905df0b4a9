#pragma once
// New recovery shares on their way to people: into files, or to the terminal one after the other.
#include <string>
#include <string_view>
#include <vector>

#include "cli/option_values.h"
#include "cli/session.h"
#include "core/base/secret_bytes.h"
#include "formats/recovery_share_set.h"

namespace kms::cli {

// "5/3": five shares, of which any three are enough. kUsage for a plan that cannot be.
void read_option(const GivenTexts& given, formats::SharePlan& plan, const OptionRule& rule);
template <>
inline constexpr std::string_view kTypeWord<formats::SharePlan> = "SHARES/THRESHOLD";

// What the slot of such shares is labelled with: "shares 3 of 5".
std::string share_label(const formats::SharePlan& plan);

// kUsage unless there is a directory, or a person who sees standard output.
void require_share_target(Session& session, const std::string& directory, std::string_view option);

// The shares of a secret, handed out by the constructor before they are worth something: who makes a slot of the
// secret then says keep(). Otherwise the files go again, or the person is told, when this is destroyed.
class HandedShares {
 public:
  // Files share-1, share-2, ... of the directory, which is made when it is not there: new, for this user alone, and on
  // the disk. All of them or none: kFile. Without a directory the terminal shows each until the return key is pressed.
  HandedShares(Session& session, const SecretBytes& secret, const formats::SharePlan& plan, std::string directory);
  ~HandedShares();
  HandedShares(const HandedShares&) = delete;
  HandedShares& operator=(const HandedShares&) = delete;
  HandedShares(HandedShares&&) = delete;
  HandedShares& operator=(HandedShares&&) = delete;

  void keep() { kept_ = true; }
  // A line that says where they are, and one of what to do with them. `what` they give: "open the vault as ...".
  std::string report(std::string_view what) const;

 private:
  void write_files(const std::vector<SecretBytes>& texts);
  void show(const std::vector<SecretBytes>& texts) const;
  void take_back() const noexcept;
  std::string file(std::size_t number) const;

  Session& session_;
  formats::SharePlan plan_;
  std::string directory_;  // empty: the terminal
  bool directory_is_new_ = false;
  std::size_t written_ = 0;
  bool kept_ = false;
};

}  // namespace kms::cli

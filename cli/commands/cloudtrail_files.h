#pragma once
// Events as AWS CloudTrail delivers them, for what reads its files: log shippers, tables of Athena, SIEMs. Below a
// directory:
//   AWSLogs/ACCOUNT/CloudTrail/REGION/YYYY/MM/DD/ACCOUNT_CloudTrail_REGION_YYYYMMDDTHHmmZ_UNIQUE.json.gz
// each a gzip of {"Records":[EVENT,...]}, with what happened in one hour, at most 10,000 events.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/file.h"
#include "core/base/random.h"
#include "core/model/arn.h"
#include "formats/gzip.h"

namespace kms::cli {

// Not for more than one thread. A file appears when it is complete; nothing is replaced. Directories are made, for
// their owner alone. FileException for what cannot be written; files that are there by then stay.
class CloudTrailFiles {
 public:
  // `random` outlives it, and makes the unique part of the names.
  CloudTrailFiles(std::string directory, AccountRegion home, Random& random);

  // The text of an event, to the byte. VaultDamagedException where it has no time.
  void add(std::string_view event);
  void finish();  // once, after the last event

  std::uint64_t files() const { return files_; }

 private:
  void begin(const std::string& time);
  void end();
  std::string unique_name();
  const std::string directory_;
  const AccountRegion home_;
  Random& random_;
  std::string hour_;  // of the file that is being written: 2026-11-27T12
  std::size_t events_ = 0;
  std::uint64_t files_ = 0;
  std::unique_ptr<OutputFile> file_;
  std::unique_ptr<formats::GzipWriter> gzip_;
};

}  // namespace kms::cli

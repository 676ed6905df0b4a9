#include "cli/commands/cloudtrail_files.h"

#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <utility>

#include "core/audit/event_parts.h"
#include "core/base/bytes.h"
#include "core/base/error.h"
#include "core/base/text.h"

namespace kms::cli {
namespace {

constexpr std::size_t kMostEventsOfFile = 10'000;
constexpr std::size_t kUniqueCharacters = 16;
constexpr std::size_t kTimeToHour = 13;  // of 2026-11-27T12:34:56Z
constexpr std::size_t kTimeToSeconds = 20;

}  // namespace

CloudTrailFiles::CloudTrailFiles(std::string directory, AccountRegion home, Random& random)
    : directory_(std::move(directory)), home_(std::move(home)), random_(random) {}

void CloudTrailFiles::add(std::string_view event) {
  const EventParts parts(event);
  const std::string time(parts.time());
  if (time.size() != kTimeToSeconds) throw Error(ErrorCode::kVaultDamaged, "a stored event has no time");
  const std::string hour = time.substr(0, kTimeToHour);
  if (file_ && (hour != hour_ || events_ == kMostEventsOfFile)) end();
  if (!file_) begin(time);
  gzip_->write(as_bytes(events_ == 0 ? "{\"Records\":[" : ","));
  gzip_->write(as_bytes(event));
  ++events_;
}

void CloudTrailFiles::finish() {
  if (file_) end();
}

void CloudTrailFiles::begin(const std::string& time) {
  const auto part = [&](std::size_t from, std::size_t size) { return time.substr(from, size); };
  const std::string year = part(0, 4);
  const std::string month = part(5, 2);
  const std::string day = part(8, 2);
  const std::string folder =
      cat(directory_, "/AWSLogs/", home_.account, "/CloudTrail/", home_.region, "/", year, "/", month, "/", day);
  make_directories(folder, S_IRWXU);
  file_ = std::make_unique<OutputFile>(cat(folder, "/", home_.account, "_CloudTrail_", home_.region, "_", year, month,
                                           day, "T", part(11, 2), part(14, 2), "Z_", unique_name(), ".json.gz"),
                                       /*replace=*/false);
  gzip_ = std::make_unique<formats::GzipWriter>([this](ByteView bytes) { file_->write(bytes); });
  hour_ = time.substr(0, kTimeToHour);
  events_ = 0;
}

void CloudTrailFiles::end() {
  gzip_->write(as_bytes("]}"));
  gzip_->finish();
  file_->commit();
  gzip_.reset();
  file_.reset();
  ++files_;
}

std::string CloudTrailFiles::unique_name() {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  std::array<std::uint8_t, kUniqueCharacters> bytes{};
  random_.fill(bytes);
  std::string name;
  for (const std::uint8_t byte : bytes) name += kLetters[byte % kLetters.size()];
  return name;
}

}  // namespace kms::cli

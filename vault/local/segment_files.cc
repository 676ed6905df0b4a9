#include "vault/local/segment_files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "core/base/encoding.h"
#include "core/base/text.h"
#include "core/crypto/digest.h"

namespace kms::vault {
namespace {

constexpr std::size_t kMostKnown = 4;  // each holds an index, at most 256 KiB
constexpr mode_t kSegmentsMode = 0700;

class FileSource final : public SegmentSource {
 public:
  FileSource(UniqueFd fd, std::string name) : fd_(std::move(fd)), name_(std::move(name)) {
    struct stat info {};
    if (fstat(fd_.get(), &info) != 0) throw_file_error(name_, errno);
    size_ = static_cast<std::uint64_t>(info.st_size);
  }
  std::uint64_t size() const override { return size_; }
  void read(std::uint64_t offset, MutableBytes out) const override {
    for (std::size_t done = 0; done < out.size();) {
      const ssize_t got = pread(fd_.get(), out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) throw_file_error(name_, errno);
      if (got == 0) throw Error(ErrorCode::kVaultDamaged, cat(name_, " is shorter than it was"));
      done += static_cast<std::size_t>(got);
    }
  }

 private:
  const UniqueFd fd_;
  const std::string name_;
  std::uint64_t size_ = 0;
};

}  // namespace

std::string segment_file_name(const SegmentId& id) {
  return cat(encode_hex(id), ".seg");
}

// Under mutex_.
const Directory* SegmentFiles::find_directory() {
  if (!directory_) {
    if (auto found = Directory::find_in(vault_, kSegmentsName)) directory_.emplace(*std::move(found));
  }
  return directory_ ? &*directory_ : nullptr;
}

const Directory& SegmentFiles::directory() {
  const std::lock_guard lock(mutex_);
  if (const Directory* found = find_directory()) return *found;
  const std::string name(kSegmentsName);
  if (mkdirat(vault_.fd(), name.c_str(), kSegmentsMode) != 0 && errno != EEXIST) {
    throw_file_error(vault_.text(name), errno);
  }
  vault::with_texts(vault_, [&] { sync_directory(vault_.route()); });
  const Directory* made = find_directory();
  if (made == nullptr) throw_file_error(vault_.text(name), ENOENT);
  return *made;
}

std::shared_ptr<const Segment> SegmentFiles::find_known(const SegmentId& id) {
  const auto found = std::find_if(known_.begin(), known_.end(), [&](const Known& each) { return each.id == id; });
  if (found == known_.end()) return nullptr;
  std::rotate(found, found + 1, known_.end());
  return known_.back().segment;
}

void SegmentFiles::throw_missing(const SegmentId& id) const {
  if (is_named_(id)) throw Error(ErrorCode::kVaultDamaged, cat(text(id), " is missing, with events of the trail"));
  throw Error(ErrorCode::kConflict, "events of the trail were pruned just now: ask again for those that are left");
}

UniqueFd SegmentFiles::open_file(const SegmentId& id) {
  const Directory* all = nullptr;
  {
    const std::lock_guard lock(mutex_);
    all = find_directory();
  }
  UniqueFd fd;
  if (all != nullptr) fd = open_own_file(*all, segment_file_name(id), O_RDONLY);
  if (!fd) throw_missing(id);
  return fd;
}

std::shared_ptr<const Segment> SegmentFiles::open(const SegmentPlace& place, const std::function<SecretBytes()>& key) {
  {
    const std::lock_guard lock(mutex_);
    if (auto known = find_known(place.id)) return known;
  }
  auto source = std::make_unique<FileSource>(open_file(place.id), text(place.id));
  auto opened = std::make_shared<const Segment>(std::move(source), id_, place, key(), text(place.id));
  const std::lock_guard lock(mutex_);
  if (known_.size() == kMostKnown) known_.erase(known_.begin());
  known_.push_back({place.id, opened});
  return opened;
}

void SegmentFiles::copy(const SegmentPlace& place, const std::function<void(ByteView)>& sink) {
  constexpr std::size_t kAtOnce = std::size_t{64} << 10U;
  const FileSource source(open_file(place.id), text(place.id));
  crypto::Digest digest(crypto::Hash::kSha256);
  Bytes piece;
  for (std::uint64_t at = 0; at < source.size() && source.size() == place.bytes; at += piece.size()) {
    piece.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kAtOnce, source.size() - at)));
    source.read(at, piece);
    digest.update(piece);
    sink(piece);
  }
  if (equal_secrets(digest.finish(), place.digest)) return;
  throw Error(ErrorCode::kVaultDamaged, cat(text(place.id), " is not the file that it was"));
}

std::optional<SegmentFiles::Claim> SegmentFiles::claim() {
  // Of a descriptor of its own, so that threads exclude each other as processes do.
  const Directory& all = directory();
  UniqueFd own(openat(all.fd(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!own) throw_file_error(all.path(), errno);
  if (flock(own.get(), LOCK_EX | LOCK_NB) == 0) return Claim(std::move(own));
  if (errno != EWOULDBLOCK && errno != EINTR) throw_file_error(all.path(), errno);
  return std::nullopt;
}

OutputFile SegmentFiles::make(const SegmentId& id) {
  return output_for(directory(), segment_file_name(id));
}

std::vector<std::string> SegmentFiles::superfluous(const std::set<SegmentId>& named) {
  const Directory* all = nullptr;
  {
    const std::lock_guard lock(mutex_);
    all = find_directory();
  }
  if (all == nullptr) return {};
  std::set<std::string> wanted;
  for (const SegmentId& id : named) wanted.insert(segment_file_name(id));
  std::vector<std::string> names = names_in(*all);
  std::erase_if(names, [&](const std::string& name) { return wanted.contains(name); });
  return names;
}

void SegmentFiles::remove(const std::string& name) {
  if (unlinkat(directory().fd(), name.c_str(), 0) != 0 && errno != ENOENT) {
    throw_file_error(directory().text(name), errno);
  }
}

void SegmentFiles::remove(const SegmentId& id) noexcept {
  try {
    remove(segment_file_name(id));
    const std::lock_guard lock(mutex_);
    std::erase_if(known_, [&](const Known& each) { return each.id == id; });
  } catch (const std::exception&) {
    return;  // the next closing finds it
  }
}

std::string SegmentFiles::text(const SegmentId& id) const {
  return file_in(vault_.text(kSegmentsName), segment_file_name(id));
}

void SegmentFiles::with_texts(const std::function<void()>& action) {
  vault::with_texts(directory(), action);
}

}  // namespace kms::vault

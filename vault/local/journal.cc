#include "vault/local/journal.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <string_view>
#include <utility>

#include "core/base/text.h"

namespace kms::vault {
namespace {

constexpr std::size_t kSegments = 2;
constexpr std::size_t kSegmentSize = std::size_t{4} << 20U;

// Kernels and sandboxes without the flag get the flush on its own.
ssize_t write_and_flush(int fd, const iovec& part, off_t offset) {
  const ssize_t done = pwritev2(fd, &part, 1, offset, RWF_DSYNC);
  if (done >= 0 || (errno != EOPNOTSUPP && errno != ENOSYS)) return done;
  const ssize_t written = pwrite(fd, part.iov_base, part.iov_len, offset);
  return written < 0 || fdatasync(fd) == 0 ? written : -1;
}

}  // namespace

int write_durably(int fd, ByteView bytes, std::size_t offset) {
  while (!bytes.empty()) {
    // The bytes are only read.
    const iovec part{const_cast<std::uint8_t*>(bytes.data()), bytes.size()};
    const ssize_t done = write_and_flush(fd, part, static_cast<off_t>(offset));
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return errno;
    if (done == 0) return EIO;
    offset += static_cast<std::size_t>(done);
    bytes = bytes.subspan(static_cast<std::size_t>(done));
  }
  return 0;
}

std::unique_ptr<Journal> Journal::open(const Directory& directory, bool make, DurableWrite writer) {
  if (make) make_private_file(directory, kJournalName);
  UniqueFd fd = open_own_file(directory, kJournalName, O_RDWR);
  if (!fd) return nullptr;
  return std::unique_ptr<Journal>(new Journal(directory.text(kJournalName), std::move(fd), writer));
}

bool Journal::own() {
  if (flock(fd_.get(), LOCK_EX | LOCK_NB) == 0) return true;
  if (errno != EWOULDBLOCK && errno != EINTR) throw_file_error(path_, errno);
  return false;
}

Bytes Journal::read_segment(std::size_t segment) const {
  Bytes bytes(kJournalBlock);
  std::size_t size = 0;
  while (size < bytes.size()) {
    const auto at = static_cast<off_t>(segment * kSegmentSize + size);
    const ssize_t got = pread(fd_.get(), bytes.data() + size, bytes.size() - size, at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw_file_error(path_, errno);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
    if (size == kJournalBlock && begins_journal_batch(bytes)) bytes.resize(kSegmentSize);
  }
  bytes.resize(size);
  return bytes;
}

std::vector<JournalBatch> Journal::read(const Keys& keys, std::uint64_t after) const {
  std::array<JournalSegment, kSegments> segments;
  for (std::size_t i = 0; i < kSegments; ++i) {
    segments[i] = read_journal_segment(keys, read_segment(i));
    auto& batches = segments[i].batches;
    std::erase_if(batches, [&](const JournalBatch& batch) { return batch.number <= after; });
  }
  auto& [first, second] = segments;
  if (first.batches.empty() || (!second.batches.empty() && second.batches[0].number < first.batches[0].number)) {
    std::swap(first, second);
  }
  // With a number left out, the records are those of another time.
  if (first.batches.empty() || first.batches[0].number != after + 1) return {};
  if (!second.batches.empty() && second.session == first.session &&
      second.batches[0].number == first.batches.back().number + 1) {
    std::move(second.batches.begin(), second.batches.end(), std::back_inserter(first.batches));
  }
  return std::move(first.batches);
}

void Journal::write_at(std::size_t offset, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t done = pwrite(fd_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) throw_file_error(path_, errno);
    offset += static_cast<std::size_t>(done);
    bytes = bytes.subspan(static_cast<std::size_t>(done));
  }
}

void Journal::clear() {
  const Bytes zeros(kJournalBlock);
  struct stat info {};
  if (fstat(fd_.get(), &info) != 0 || static_cast<std::size_t>(info.st_size) < kSegments * kSegmentSize) return;
  for (std::size_t i = 0; i < kSegments; ++i) write_at(i * kSegmentSize, zeros);
}

// Written, not only allocated: the first write to an unwritten extent costs the file system a journal entry of its own.
void Journal::allocate() {
  struct stat info {};
  if (fstat(fd_.get(), &info) != 0) throw_file_error(path_, errno);
  if (static_cast<std::size_t>(info.st_size) >= kSegments * kSegmentSize) return;
  write_at(0, Bytes(kSegments * kSegmentSize));
  if (fsync(fd_.get()) != 0) throw_file_error(path_, errno);
  sync_directory(parent_directory(path_));
}

// With a trial: some file systems let a file be opened so, and then refuse to write. What is in the file is among the
// records by now.
UniqueFd Journal::open_lane(int flags) const {
  const std::string own_route = cat("/proc/self/fd/", std::to_string(fd_.get()));
  UniqueFd fd(::open(own_route.c_str(), flags | O_WRONLY | O_CLOEXEC));
  if (!fd && errno == ENOENT) fd = UniqueFd(::open(path_.c_str(), flags | O_WRONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!fd) return fd;
  struct stat own {};
  struct stat other {};
  if (fstat(fd_.get(), &own) != 0 || fstat(fd.get(), &other) != 0) throw_file_error(path_, errno);
  if (own.st_dev != other.st_dev || own.st_ino != other.st_ino) {
    throw Error(ErrorCode::kFile, cat(path_, " was replaced while it was opened"));
  }
  const Block nothing{};
  errno = write_durably(fd.get(), nothing.bytes, 0);
  return errno == 0 ? std::move(fd) : UniqueFd();
}

void Journal::open_lanes() {
  for (Lane& lane : lanes_) {
    lane.fd = open_lane(O_DIRECT);
    if (!lane.fd && errno == EINVAL) lane.fd = open_lane(0);
    if (!lane.fd) throw_file_error(path_, errno);
  }
}

void Journal::start(std::uint64_t last, Random& random) {
  allocate();
  const std::lock_guard lock(mutex_);
  open_lanes();
  random.fill(session_);
  last_taken_ = last;
  last_durable_ = last;
  last_folded_ = last;
}

// What is in a segment may be overwritten once all of it is among the records: its batches then have numbers that a
// reader passes over, whatever a torn write leaves of them.
bool Journal::make_place(std::size_t size) {
  if (size > kSegmentSize) return false;
  if (pending_.empty()) {
    offset_ = 0;
    turn_wanted_ = false;
    return true;
  }
  const bool full = kSegmentSize - offset_ < size;
  const bool other_is_free = pending_.front().segment == segment_;
  if ((full || turn_wanted_) && other_is_free) {
    segment_ = kSegments - 1 - segment_;
    offset_ = 0;
    turn_wanted_ = false;
    return true;
  }
  return !full;
}

bool Journal::write(const Keys& keys, std::span<const SideRecord> records, Random& random) {
  Bytes written = write_records(records);
  if (written.size() > kSegmentSize) return false;
  std::unique_lock lock(mutex_);
  Lane* lane = nullptr;
  landed_.wait(lock, [&] { return (lane = free_lane()) != nullptr; });
  if (recovers()) return false;
  const std::uint64_t number = last_taken_ + 1;
  const Bytes batch = seal_journal_batch(keys, session_, number, written, random);
  if (!make_place(batch.size())) return false;
  lane->room.resize(batch.size() / sizeof(Block));
  std::copy(batch.begin(), batch.end(), lane->room.front().bytes.data());
  const std::size_t offset = segment_ * kSegmentSize + offset_;
  pending_.push_back({segment_, {number, std::move(written)}});
  offset_ += batch.size();
  last_taken_ = number;
  lane->carries = number;
  lock.unlock();
  const int error = write_durably_(lane->fd.get(), {lane->room.front().bytes.data(), batch.size()}, offset);

  lock.lock();
  if (error != 0) give_up();
  // A reader goes no further than to the first that is missing.
  landed_.wait(lock, [&] { return last_durable_ + 1 == number || gave_up(number); });
  const bool durable = !gave_up(number);
  if (durable) last_durable_ = number;
  lane->carries = 0;
  lock.unlock();
  landed_.notify_all();
  if (!durable) throw_file_error(path_, error == 0 ? EIO : error);
  return true;
}

Journal::Lane* Journal::free_lane() {
  const auto lane = std::find_if(lanes_.begin(), lanes_.end(), [](const Lane& each) { return each.carries == 0; });
  return lane == lanes_.end() ? nullptr : &*lane;
}

// Until the next fold, and until nothing that was given up can still reach the file, where others would be by then.
bool Journal::recovers() const {
  return to_be_passed_over() ||
         std::any_of(lanes_.begin(), lanes_.end(), [&](const Lane& lane) { return gave_up(lane.carries); });
}

void Journal::give_up() {
  first_given_up_ = last_durable_ + 1;
  last_given_up_ = last_taken_;
  landed_.notify_all();
}

bool Journal::pending() const {
  const std::lock_guard lock(mutex_);
  return to_be_passed_over() || last_folded_ < last_durable_;
}

std::uint64_t Journal::fold_into(Transaction& transaction) {
  std::vector<const JournalBatch*> batches;  // a deque leaves them in place while others are added behind them
  std::uint64_t last = 0;
  {
    const std::lock_guard lock(mutex_);
    for (const Pending& each : pending_) {
      if (each.batch.number <= last_durable_) batches.push_back(&each.batch);
    }
    last = to_be_passed_over() ? last_given_up_ : last_durable_;
    turn_wanted_ = true;
  }
  // Of the notes about one thing, as the last use of a key, the latest is the one that stays.
  std::map<std::pair<std::string_view, std::string_view>, std::string_view> notes;
  for (const JournalBatch* batch : batches) {
    for (const SideRecordView& record : read_records(batch->records)) {
      if (record.item.empty()) {
        add(transaction, record);
      } else {
        notes[{record.collection, record.item}] = record.value;
      }
    }
  }
  for (const auto& [name, value] : notes) add(transaction, {name.first, name.second, value});
  return last;
}

void Journal::folded(std::uint64_t last) {
  const std::lock_guard lock(mutex_);
  last_folded_ = std::max(last_folded_, last);
  last_durable_ = std::max(last_durable_, last);  // those given up are behind it, too
  while (!pending_.empty() && pending_.front().batch.number <= last) pending_.pop_front();
}

}  // namespace kms::vault

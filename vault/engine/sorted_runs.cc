#include "vault/engine/sorted_runs.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "core/base/error.h"

namespace kms::vault {
namespace {

constexpr std::size_t kLeastRead = std::size_t{64} << 10U;
constexpr std::size_t kMostRead = std::size_t{1} << 20U;
constexpr std::size_t kWriteSize = std::size_t{1} << 20U;
// In front of a record's key and value. As it lies in memory: the file is read by who wrote it.
struct Sizes {
  std::uint32_t key;
  std::uint32_t value;
  std::size_t whole() const { return sizeof(Sizes) + key + value; }
};

Sizes sizes_at(ByteView record) {
  Sizes sizes{};
  std::memcpy(&sizes, record.first(sizeof(Sizes)).data(), sizeof(Sizes));
  return sizes;
}

ByteView key_at(ByteView record) {
  return record.subspan(sizeof(Sizes), sizes_at(record).key);
}

ByteView value_at(ByteView record) {
  const Sizes sizes = sizes_at(record);
  return record.subspan(sizeof(Sizes) + sizes.key, sizes.value);
}

bool comes_first(ByteView one, ByteView other) {
  return std::lexicographical_compare(one.begin(), one.end(), other.begin(), other.end());
}

}  // namespace

// A run in the file, read piece by piece.
class SortedRuns::Run {
 public:
  Run(std::uint64_t begin, std::uint64_t end) : at_(begin), end_(end) {}

  // False at the end.
  bool next(int fd, std::size_t read_size, const std::string& name) {
    ahead_ += record_size_;
    record_size_ = 0;
    if (!fill(sizeof(Sizes), fd, read_size, name)) return false;
    const std::size_t size = sizes_at(rest()).whole();
    if (!fill(size, fd, read_size, name)) throw_file_error(name, EIO);
    record_size_ = size;
    return true;
  }
  ByteView record() const { return rest().first(record_size_); }

 private:
  ByteView rest() const { return ByteView(buffer_).subspan(ahead_); }

  // Makes the next `size` bytes of the run stand in the buffer.
  bool fill(std::size_t size, int fd, std::size_t read_size, const std::string& name) {
    if (rest().size() >= size) return true;
    if (at_ == end_) return false;
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(ahead_));
    ahead_ = 0;
    const std::size_t had = buffer_.size();
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(std::max(size - had, read_size), end_ - at_));
    buffer_.resize(had + wanted);
    if (lseek(fd, static_cast<off_t>(at_), SEEK_SET) < 0) throw_file_error(name, errno);
    if (read_up_to(fd, MutableBytes(buffer_).subspan(had), name) != wanted) throw_file_error(name, EIO);
    at_ += wanted;
    return buffer_.size() >= size;
  }

  std::uint64_t at_;  // in the file, of what is not in the buffer yet
  std::uint64_t end_;
  Bytes buffer_;
  std::size_t ahead_ = 0;  // of the record, in the buffer
  std::size_t record_size_ = 0;
};

SortedRuns::SortedRuns(std::size_t limit, std::function<OutputFile()> make_file, std::string name)
    : limit_(limit), make_file_(std::move(make_file)), name_(std::move(name)) {}

SortedRuns::~SortedRuns() = default;

void SortedRuns::add(ByteView key, ByteView value) {
  const Sizes sizes{static_cast<std::uint32_t>(key.size()), static_cast<std::uint32_t>(value.size())};
  const std::size_t used = gathered_.size() + places_.size() * sizeof(std::size_t);
  if (!places_.empty() && used + sizes.whole() > limit_) write_run();
  if (gathered_.empty()) gathered_.reserve(limit_);  // a buffer that grows is there twice for a moment
  places_.push_back(gathered_.size());
  gathered_.resize(gathered_.size() + sizeof(Sizes));
  std::memcpy(gathered_.data() + places_.back(), &sizes, sizeof(Sizes));
  ByteWriter(gathered_).bytes(key).bytes(value);
}

void SortedRuns::sort_gathered() {
  const ByteView all(gathered_);
  std::sort(places_.begin(), places_.end(), [&](std::size_t one, std::size_t other) {
    return comes_first(key_at(all.subspan(one)), key_at(all.subspan(other)));
  });
}

void SortedRuns::write_run() {
  sort_gathered();
  if (!file_) file_.emplace(make_file_());
  const std::uint64_t begin = written_;
  Bytes out;
  out.reserve(kWriteSize);
  const auto write = [&] {
    write_all(file_->fd(), out, name_);
    written_ += out.size();
    out.clear();
  };
  for (const std::size_t place : places_) {
    const ByteView record = ByteView(gathered_).subspan(place);
    ByteWriter(out).bytes(record.first(sizes_at(record).whole()));
    if (out.size() >= kWriteSize) write();
  }
  write();
  runs_.emplace_back(begin, written_);
  gathered_.clear();
  places_.clear();
}

bool SortedRuns::comes_later(const Run* one, const Run* other) {
  return comes_first(key_at(other->record()), key_at(one->record()));
}

// What was gathered last stays in memory where there is no file.
void SortedRuns::end_adding() {
  added_ = true;
  if (!file_) {
    sort_gathered();
    return;
  }
  write_run();
  gathered_ = {};
  places_ = {};
  read_size_ = std::max(kLeastRead, std::min(limit_ / runs_.size(), kMostRead));
  for (Run& run : runs_) advance(run);
}

void SortedRuns::advance(Run& run) {
  if (!run.next(file_->fd(), read_size_, name_)) return;
  heap_.push_back(&run);
  std::push_heap(heap_.begin(), heap_.end(), comes_later);
}

bool SortedRuns::next() {
  const bool first = !added_;
  if (first) end_adding();
  if (!file_) {
    if (!first) ++place_;
    return place_ < places_.size();
  }
  if (!first) {
    std::pop_heap(heap_.begin(), heap_.end(), comes_later);
    Run& last = *heap_.back();
    heap_.pop_back();
    advance(last);
  }
  return !heap_.empty();
}

ByteView SortedRuns::record() const {
  return file_ ? heap_.front()->record() : ByteView(gathered_).subspan(places_[place_]);
}

ByteView SortedRuns::key() const {
  return key_at(record());
}

ByteView SortedRuns::value() const {
  return value_at(record());
}

}  // namespace kms::vault

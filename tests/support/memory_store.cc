#include "tests/support/memory_store.h"

#include <stdexcept>

#include "core/base/bytes.h"

namespace kms::testing {
namespace {

std::pair<std::string, std::string> name(std::string_view collection, std::string_view item) {
  return {std::string(collection), std::string(item)};
}

class MemoryTransaction final : public Transaction {
 public:
  MemoryTransaction(MemoryStore& store, Access access) : store_(store), access_(access), records_(store.records) {}

  std::optional<std::string> get(std::string_view collection, std::string_view item) const override {
    const auto found = records_.values.find(name(collection, item));
    if (found == records_.values.end()) return std::nullopt;
    return found->second;
  }
  void put(std::string_view collection, std::string_view item, std::string_view value) override {
    require_write();
    records_.values.insert_or_assign(name(collection, item), std::string(value));
  }
  void erase(std::string_view collection, std::string_view item) override {
    require_write();
    records_.values.erase(name(collection, item));
    records_.secrets.erase(name(collection, item));
  }
  void scan(std::string_view collection, std::string_view after, const Visit& visit) const override {
    auto record = records_.values.upper_bound(name(collection, after));
    while (record != records_.values.end() && record->first.first == collection &&
           visit(record->first.second, record->second)) {
      ++record;
    }
  }
  std::optional<SecretBytes> get_secret(std::string_view collection, std::string_view item) const override {
    const auto found = records_.secrets.find(name(collection, item));
    if (found == records_.secrets.end()) return std::nullopt;
    return SecretBytes::copy_of(as_bytes(found->second));
  }
  void put_secret(std::string_view collection, std::string_view item, const SecretBytes& value) override {
    require_write();
    records_.secrets.insert_or_assign(name(collection, item), std::string(as_text(value.reveal())));
  }
  std::uint64_t append(std::string_view log, std::string_view value) override {
    require_write();
    auto& entries = records_.logs[std::string(log)];
    entries.emplace_back(value);
    return entries.size() - 1;
  }
  std::uint64_t log_size(std::string_view log) const override {
    const auto found = records_.logs.find(log);
    return found == records_.logs.end() ? 0 : found->second.size();
  }
  void read_log(std::string_view log, std::uint64_t from, const VisitLog& visit) const override {
    const auto found = records_.logs.find(log);
    if (found == records_.logs.end()) return;
    for (std::uint64_t i = from; i < found->second.size(); ++i) {
      if (!visit(i, found->second[i])) return;
    }
  }
  void commit() override {
    require_write();
    if (store_.failing_commits > 0) {
      --store_.failing_commits;
      throw std::runtime_error("no space left on device");
    }
    store_.records = std::move(records_);
  }

 private:
  void require_write() const {
    if (access_ == Access::kRead) throw std::logic_error("a write in a read transaction");
  }

  MemoryStore& store_;
  Access access_;
  Records records_;
};

}  // namespace

std::unique_ptr<Transaction> MemoryStore::begin(Access access) {
  return std::make_unique<MemoryTransaction>(*this, access);
}

}  // namespace kms::testing

#include "formats/audit_export.h"

#include <limits>
#include <nlohmann/json.hpp>

#include "core/base/bytes.h"
#include "core/base/encoding.h"
#include "core/base/json_text.h"
#include "core/base/text.h"
#include "formats/merkle_run.h"
#include "formats/note_lines.h"

namespace kms::formats {
namespace {

constexpr std::string_view kHeaderMember = "kmsctlAuditExport";
constexpr std::string_view kHashesMember = "kmsctlAuditHashes";
constexpr std::string_view kEndMember = "kmsctlAuditEnd";
constexpr std::uint64_t kExportVersion = 1;
constexpr std::uint64_t kMostNumber = std::numeric_limits<std::int64_t>::max();  // as in all texts of a log

bool begins_with_member(std::string_view line, std::string_view name) {
  return line.starts_with(cat("{\"", name, "\":"));
}

// {"NAME":{...}}
template <class Write>
std::string line_of_member(std::string_view name, const Write& write) {
  std::string line = cat("{\"", name, "\":");
  JsonObjectWriter object(line);
  write(object, line);
  object.end();
  line += '}';
  return line;
}

void write_number(JsonObjectWriter& object, std::string& line, std::string_view name, std::uint64_t value) {
  object.name(name);
  line += std::to_string(value);
}

void write_hashes(JsonObjectWriter& object, std::string& line, std::string_view name,
                  const std::vector<MerkleHash>& hashes) {
  object.name(name);
  char separator = '[';
  for (const MerkleHash& hash : hashes) {
    line += cat(std::string_view(&separator, 1), "\"", encode_base64(hash), "\"");
    separator = ',';
  }
  line += hashes.empty() ? "[]" : "]";
}

// What is in {"NAME":...}. Nothing for a line that asks too much of a parser, or is no such object.
std::optional<Json> parse_member(std::string_view line, std::string_view name) {
  constexpr JsonLimits kLimits{.depth = 4, .values = 1024};
  if (line.size() > kMostExportLine || !is_within(line, kLimits)) return std::nullopt;
  const Json parsed = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object() || !parsed.contains(name) || !parsed.at(name).is_object()) return std::nullopt;
  return parsed.at(name);
}

// The members of an object, each of its type, or nothing at all: ok() says which.
class MemberReader {
 public:
  explicit MemberReader(const Json& object) : object_(object) {}
  bool ok() const { return ok_; }

  std::uint64_t number(const char* name) {
    const auto member = object_.find(name);
    ok_ = ok_ && member != object_.end() && member->is_number_unsigned() && member->get<std::uint64_t>() <= kMostNumber;
    return ok_ ? member->get<std::uint64_t>() : 0;
  }
  std::string text(const char* name) {
    const auto member = object_.find(name);
    ok_ = ok_ && member != object_.end() && member->is_string();
    return ok_ ? member->get<std::string>() : std::string();
  }
  std::vector<MerkleHash> hashes(const char* name) {
    std::vector<MerkleHash> read;
    const auto member = object_.find(name);
    ok_ = ok_ && member != object_.end() && member->is_array();
    if (!ok_) return read;
    read.reserve(member->size());
    for (const Json& element : *member) {
      const auto hash = element.is_string() ? parse_log_hash(element.get_ref<const std::string&>()) : std::nullopt;
      ok_ = ok_ && hash.has_value();
      if (hash) read.push_back(*hash);
    }
    return read;
  }

 private:
  const Json& object_;
  bool ok_ = true;
};

std::vector<MerkleHash> split_hashes(ByteView bytes) {
  std::vector<MerkleHash> hashes;
  hashes.reserve(bytes.size() / kMerkleHashSize);
  for (; bytes.size() >= kMerkleHashSize; bytes = bytes.subspan(kMerkleHashSize)) {
    hashes.push_back(to_merkle_hash(bytes.first(kMerkleHashSize)).value());
  }
  return hashes;
}

bool is_whole(const AuditExportHeader& header) {
  return !header.origin.empty() && header.first <= kMostNumber &&
         header.before.size() == merkle_cover(0, header.first).size();
}

bool is_whole(const AuditExportHashes& hashes) {
  const std::uint64_t room = kExportGroup - hashes.first % kExportGroup;
  return hashes.first <= kMostNumber && !hashes.leaves.empty() && hashes.leaves.size() <= room;
}

bool is_whole(const AuditExportEnd& end) {
  return end.end <= end.size && end.size <= kMostNumber && end.after.size() == merkle_cover(end.end, end.size).size();
}

std::string written(const AuditExportHeader& header) {
  return line_of_member(kHeaderMember, [&](JsonObjectWriter& object, std::string& line) {
    write_number(object, line, "version", kExportVersion);
    object.text("origin", header.origin);
    write_number(object, line, "first", header.first);
    write_hashes(object, line, "before", header.before);
  });
}

std::string written(const AuditExportHashes& hashes) {
  return line_of_member(kHashesMember, [&](JsonObjectWriter& object, std::string& line) {
    write_number(object, line, "first", hashes.first);
    Bytes leaves;
    leaves.reserve(hashes.leaves.size() * kMerkleHashSize);
    for (const MerkleHash& leaf : hashes.leaves) leaves.insert(leaves.end(), leaf.begin(), leaf.end());
    object.plain("leaves", encode_base64(leaves));
  });
}

std::string written(const AuditExportEnd& end) {
  return line_of_member(kEndMember, [&](JsonObjectWriter& object, std::string& line) {
    write_number(object, line, "end", end.end);
    write_number(object, line, "size", end.size);
    write_hashes(object, line, "after", end.after);
    object.text("checkpoint", end.checkpoint);
  });
}

// What reading gives back, or nothing at all: so no two spellings mean the same.
template <class Part>
std::optional<Part> if_spelled_so(Part part, std::string_view line) {
  if (!is_whole(part) || written(part) != line) return std::nullopt;
  return part;
}

template <class Part>
std::string written_whole(const Part& part) {
  std::string line = written(part);
  if (!is_whole(part) || line.size() > kMostExportLine) {
    throw Error(ErrorCode::kValidation, "an export of an audit log cannot have such a line");
  }
  return line;
}

}  // namespace

AuditExportLine kind_of_export_line(std::string_view line) {
  if (begins_with_member(line, kHeaderMember)) return AuditExportLine::kHeader;
  if (begins_with_member(line, kHashesMember)) return AuditExportLine::kHashes;
  return begins_with_member(line, kEndMember) ? AuditExportLine::kEnd : AuditExportLine::kEntry;
}

std::string export_line(const AuditExportHeader& header) {
  return written_whole(header);
}
std::string export_line(const AuditExportHashes& hashes) {
  return written_whole(hashes);
}
std::string export_line(const AuditExportEnd& end) {
  return written_whole(end);
}

std::optional<AuditExportHeader> read_export_header(std::string_view line) {
  const auto object = parse_member(line, kHeaderMember);
  if (!object) return std::nullopt;
  MemberReader in(*object);
  AuditExportHeader header;
  const bool known = in.number("version") == kExportVersion;
  header.origin = in.text("origin");
  header.first = in.number("first");
  header.before = in.hashes("before");
  return in.ok() && known ? if_spelled_so(std::move(header), line) : std::nullopt;
}

std::optional<AuditExportHashes> read_export_hashes(std::string_view line) {
  const auto object = parse_member(line, kHashesMember);
  if (!object) return std::nullopt;
  MemberReader in(*object);
  AuditExportHashes hashes;
  hashes.first = in.number("first");
  const std::string text = in.text("leaves");
  if (!in.ok() || base64_decoded_size(text) > kExportGroup * kMerkleHashSize) return std::nullopt;
  const auto leaves = decode_base64(text);
  if (!leaves) return std::nullopt;
  hashes.leaves = split_hashes(*leaves);
  return if_spelled_so(std::move(hashes), line);
}

std::optional<AuditExportEnd> read_export_end(std::string_view line) {
  const auto object = parse_member(line, kEndMember);
  if (!object) return std::nullopt;
  MemberReader in(*object);
  AuditExportEnd end;
  end.end = in.number("end");
  end.size = in.number("size");
  end.after = in.hashes("after");
  end.checkpoint = in.text("checkpoint");
  return in.ok() ? if_spelled_so(std::move(end), line) : std::nullopt;
}

}  // namespace kms::formats

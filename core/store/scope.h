#pragma once
// What a record belongs to, for those who remember what they made of records: a change of one drops what was made of
// its scope, and nothing else. A key with its policy, grants, aliases and material is one scope; so is a Region of an
// account (its aliases), an account (its identities), and each table that belongs to the whole vault.
#include <cstdint>
#include <string>
#include <string_view>

namespace kms {

// 64 bits that stand for a scope. Two may share them: then one drops what the other remembers, no more.
using Scope = std::uint64_t;

// Of one record. A pure function of the names (core/records has the tables).
Scope scope_of(std::string_view collection, std::string_view item);
// Of all records that scan() may visit: a change of any of them changes it, too.
Scope scope_of_all(std::string_view collection);
// The scope_of_all() that a change of the record changes beside its own; the same as its own where there is none.
Scope enclosing_scope(std::string_view collection, std::string_view item);

// The name of the scope, for tests and debugging.
std::string scope_name(std::string_view collection, std::string_view item);

}  // namespace kms

// Records for who only reads: a format of before is named and left as it is, since the program that wrote it may still be in use.
#pragma once

#include <memory>

#include "storage/records/records.h"

namespace madang::storage {

/// What somebody opens records for.
enum class RecordsUse { kWrite, kRead };

/// The same records, but migrate() of a module of which fewer steps are done than there are is kUnsupported, with a sentence that says
/// what brings them up to date. Tables of a module that the records do not know yet are made: they change nothing for anybody.
std::unique_ptr<Records> unmigrated(std::unique_ptr<Records> records);
/// Records::open; for who only reads unmigrated().
Result<std::unique_ptr<Records>> open_for(RecordsUse use, std::string_view address, runtime::Clock const& clock);

}  // namespace madang::storage

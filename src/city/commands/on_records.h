// What commands on the records share: opened for one piece of work, an error printed, the exit status.
#pragma once

#include <fmt/format.h>
#include <sodium.h>

#include <filesystem>

#include "city/city.h"
#include "modules/city_directory.h"
#include "modules/commands.h"
#include "runtime/clock.h"
#include "storage/records/records.h"
#include "storage/records/unmigrated.h"

namespace madang::city {

/// `options` say data_directory and settings.
template <typename Options, typename Work>
int with_records(Options const& options, Work work, storage::RecordsUse use = storage::RecordsUse::kWrite) {
  auto run = [&]() -> Result<void> {
    if (sodium_init() < 0) return fail(Code::kInternal, "the cryptographic library cannot be started");
    auto const need = use == storage::RecordsUse::kRead ? modules::CityNeed::kThere : modules::CityNeed::kPlace;
    MADANG_CHECK(modules::find_city(options.settings, options.data_directory, need));
    runtime::SystemClock const clock;
    MADANG_TRY(auto const records,
               storage::open_for(use, modules::records_address_of(options.settings, options.data_directory), clock));
    MADANG_TRY(auto const rights, Rights::open(*records, clock));
    return work(*records, *rights);
  };
  auto const done = run();
  if (done) return 0;
  fmt::print(stderr, "madang: {}\n", done.error().sentence);
  return 1;
}

template <typename Options, typename Work>
int with_rights(Options const& options, Work work, storage::RecordsUse use = storage::RecordsUse::kWrite) {
  return with_records(options, [&work](storage::Records&, Rights& rights) { return work(rights); }, use);
}

}  // namespace madang::city

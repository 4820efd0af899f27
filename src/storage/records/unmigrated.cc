#include "storage/records/unmigrated.h"

#include <soci/soci.h>

#include <string>
#include <utility>

namespace madang::storage {
namespace {

class Unmigrated final : public Records {
 public:
  explicit Unmigrated(std::unique_ptr<Records> records) : records_(std::move(records)) {}

  [[nodiscard]] Engine engine() const override { return records_->engine(); }
  Result<void> read(Work const& work) override { return records_->read(work); }
  Result<void> transaction(Work const& work) override { return records_->transaction(work); }
  Result<void> backup_to(std::string const& path) override { return records_->backup_to(path); }

  Result<void> migrate(std::string_view module, std::span<Migration const> steps) override {
    long long known = 0;
    std::string const name{module};
    auto const count = [&](soci::session& session) -> Result<void> {
      session << "SELECT COUNT(*) FROM migration WHERE module = :module", soci::use(name, "module"), soci::into(known);
      return {};
    };
    MADANG_CHECK(records_->read(count));
    auto const done = static_cast<std::size_t>(known);
    if (done > 0 && done < steps.size())
      return fail(Code::kUnsupported, "the records were written by an older Madang (module " + name + ": \"" + std::string{steps[done].sentence} +
                                          "\" is not done yet), and reading them changes nothing; `madang serve` brings them up to date, best "
                                          "after a `madang backup`");
    return records_->migrate(module, steps);
  }

 private:
  std::unique_ptr<Records> records_;
};

}  // namespace

std::unique_ptr<Records> unmigrated(std::unique_ptr<Records> records) { return std::make_unique<Unmigrated>(std::move(records)); }

Result<std::unique_ptr<Records>> open_for(RecordsUse use, std::string_view address, runtime::Clock const& clock) {
  MADANG_TRY(auto records, Records::open(address, clock));
  return use == RecordsUse::kRead ? unmigrated(std::move(records)) : std::move(records);
}

}  // namespace madang::storage

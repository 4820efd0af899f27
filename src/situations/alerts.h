// What citizens and other systems were told: every CAP message as it was published, retrievable for as long as retention.h keeps
// it, because later messages refer to it. Kept in the transaction of the change that it tells.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "core/error.h"
#include "runtime/messages.h"
#include "situations/situations.h"

namespace madang::situations {

/// Thread-safe. Outlives the last change of the Situations that it accompanies.
class Alerts {
 public:
  struct Needs {
    storage::Records& records;
    Situations& situations;
    city::City const& city;
    runtime::Messages const& messages;
  };
  /// kInvalid: the publisher's sender or zone cannot stand in a message.
  static Result<std::unique_ptr<Alerts>> open(Needs needs, Publisher publisher);
  virtual ~Alerts() = default;

  struct Message {
    std::int64_t version = 0;  ///< of the Situation that it tells; with its id the message's name
    Instant sent;
  };
  /// The XML. kNotFound: no such message was published.
  virtual Result<std::string> xml(SituationId id, std::int64_t version) = 0;
  /// The newest of each Situation from id `first` to `last`; those that were never public are absent.
  virtual Result<std::map<SituationId, Message>> newest(SituationId first, SituationId last) = 0;
};

}  // namespace madang::situations

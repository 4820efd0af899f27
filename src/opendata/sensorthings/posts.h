// The way in: from a posted body to the registry and the ingest, and back. Observations are answered only after they are durable;
// nothing here blocks a network thread.
#pragma once

#include <memory>

#include "opendata/sensorthings/sensorthings.h"

namespace madang::opendata {

/// Thread-safe. Posts that wait when it stops or goes are answered and not done.
class Posts {
 public:
  explicit Posts(SensorthingsNeeds const& needs);
  ~Posts();
  Posts(Posts const&) = delete;
  Posts& operator=(Posts const&) = delete;

  /// `base`: what links to this service begin with.
  void take(web::Request request, std::string base, web::Done done);
  /// What waits is answered 503, and what comes; what is being done is done.
  void stop();

 private:
  class Pipeline;
  std::unique_ptr<Pipeline> pipeline_;
};

}  // namespace madang::opendata

package io.github.rackfocus.kafka.codec;

import io.github.rackfocus.depth.ModelIdentity;
import io.github.rackfocus.v1.Model;

/** The identity of a model as a message. */
public final class ModelMessages {
  private ModelMessages() {}

  /** Converts an identity. */
  public static Model of(ModelIdentity model) {
    return Model.newBuilder()
        .setName(model.name())
        .setVersion(model.version())
        .setSha256(model.sha256())
        .build();
  }
}

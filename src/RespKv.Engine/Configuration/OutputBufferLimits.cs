namespace RespKv.Engine.Configuration;

/// <summary>Bound of the replies that wait for one client. A limit of 0 is off.</summary>
/// <param name="HardBytes">Above it the client is cut at once.</param>
/// <param name="SoftBytes">Above it for <paramref name="SoftSeconds"/> on end the client is cut.</param>
/// <param name="SoftSeconds">See <paramref name="SoftBytes"/>.</param>
public sealed record OutputBufferLimit(long HardBytes, long SoftBytes, int SoftSeconds);

/// <summary>The three classes of client-output-buffer-limit. Immutable: a change replaces the whole.</summary>
public sealed record OutputBufferLimits(OutputBufferLimit Normal, OutputBufferLimit Replica, OutputBufferLimit PubSub);

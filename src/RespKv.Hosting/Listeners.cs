namespace RespKv.Hosting;

/// <summary>All that is listened on.</summary>
/// <param name="Resp">For RESP.</param>
/// <param name="Http">For HTTP; without end points when that is off.</param>
internal sealed record Listeners(ListenSockets Resp, ListenSockets Http);

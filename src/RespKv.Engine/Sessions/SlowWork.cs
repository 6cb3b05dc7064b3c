using RespKv.Engine.Commands;
using RespKv.Protocol;

namespace RespKv.Engine.Sessions;

/// <summary>A suspended command that counts as running until it is answered (DEBUG SLEEP): what the slow log and the statistics then need of it.</summary>
/// <param name="Entry">The command.</param>
/// <param name="Request">A copy of it.</param>
/// <param name="StartTicks">When it began, of <see cref="System.Diagnostics.Stopwatch"/>.</param>
internal sealed record SlowWork(CommandEntry Entry, StoredRequest Request, long StartTicks);

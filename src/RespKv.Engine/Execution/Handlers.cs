using RespKv.Protocol;

namespace RespKv.Engine.Execution;

/// <summary>Executes a command that changes nothing. Argument 0 is the command's name.</summary>
internal delegate void ReadHandler(ReadContext context, RequestArgs args);

/// <summary>Executes a command that may change keys.</summary>
internal delegate void WriteHandler(WriteContext context, RequestArgs args);

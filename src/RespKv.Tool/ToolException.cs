namespace RespKv.Tool;

/// <summary>What was asked cannot be done; the message is for the operator and the exit code for the script.</summary>
internal sealed class ToolException(string message, int exitCode = ExitCodes.Failed) : Exception(message)
{
    internal int ExitCode { get; } = exitCode;
}

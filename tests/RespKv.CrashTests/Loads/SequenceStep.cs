namespace RespKv.CrashTests.Loads;

/// <summary>What an operation does to one key.</summary>
internal enum StepKind
{
    Set,
    Append,
    Delete,
    Increment,
}

/// <summary>One effect of an operation. Text is the value that is set or appended, otherwise empty.</summary>
internal readonly record struct SequenceStep(StepKind Kind, string Key, string Text = "")
{
    /// <summary>The value of the key afterwards; null is a key that is not there.</summary>
    public string? After(string? before) => Kind switch
    {
        StepKind.Set => Text,
        StepKind.Append => before + Text,
        StepKind.Delete => null,
        StepKind.Increment => $"{(before is null ? 0 : long.Parse(before, System.Globalization.CultureInfo.InvariantCulture)) + 1}",
        _ => throw new InvalidOperationException($"{Kind} has no effect that is known."),
    };
}

namespace RespKv.Mutants;

/// <summary>A fault that is planted in the source.</summary>
/// <param name="Name">Switches it on.</param>
/// <param name="Rule">The rule of docs/DURABILITY.md that it breaks.</param>
/// <param name="What">What it does, in words.</param>
/// <param name="File">Below src/.</param>
/// <param name="Old">Stands there exactly once.</param>
/// <param name="New">Stands there instead. <c>IS_ON</c> is true when the mutant is switched on.</param>
/// <param name="Test">Which tests of RespKv.Engine.Tests have to catch it (a filter); null: the simulation has to.</param>
internal sealed record Mutant(string Name, string Rule, string What, string File, string Old, string New, string? Test = null);
